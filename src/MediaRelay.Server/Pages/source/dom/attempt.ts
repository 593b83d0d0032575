import { snackbar } from "./snackbar";
import { t } from "../text/language";
import type { StringKey } from "../text/strings";

/** Runs what a button asked for and tells the user when the relay said no. True when it worked. */
export async function attempt(what: StringKey, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    console.warn("MediaRelay:", error);
    snackbar(t("action.failed", { what: t(what), reason: error instanceof Error ? error.message : String(error) }));
    return false;
  }
}
