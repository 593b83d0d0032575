import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCountdown, formatMoney, formatScaled, parsePrice, priceText } from "../source/text/format";
import { strings } from "../source/text/strings";
import { instantOf } from "../source/wire/instants";
import { safeLink, withClickToken } from "../source/wire/links";

test("formatMoney_MinorUnits_FollowTheCurrency", () => {
  assert.equal(formatMoney(19_900, "CNY", "zh-CN"), "¥199.00");
  assert.equal(formatMoney(500, "JPY", "en"), "¥500");
  assert.equal(formatMoney(1234, "KWD", "en").replace(/\s/g, " "), "KWD 1.234");
  assert.equal(formatMoney(5, "", "en"), "5");
});

test("parsePrice_TypedText_IsExactMinorUnits", () => {
  assert.equal(parsePrice("199", "CNY"), 19_900);
  assert.equal(parsePrice("0.07", "CNY"), 7);
  assert.equal(parsePrice("1,5", "CNY"), 150);
  assert.equal(parsePrice("12", "JPY"), 12);
  for (const bad of ["", "1.234", "-1", "1e3", "abc", "1.2.3"]) assert.equal(parsePrice(bad, "CNY"), undefined, bad);
  assert.equal(parsePrice("1.5", "JPY"), undefined);
  assert.equal(priceText(7, "CNY"), "0.07");
});

test("formatCountdown_AnyTime_NeverGoesBelowZero", () => {
  assert.equal(formatCountdown(61_000), "1:01");
  assert.equal(formatCountdown(3_661_000), "1:01:01");
  assert.equal(formatCountdown(1), "0:01");
  assert.equal(formatCountdown(-5), "0:00");
});

test("formatScaled_LargeValues_UsePrefixes", () => {
  assert.equal(formatScaled(1_532_000), "1.53 M");
  assert.equal(formatScaled(0), "0");
});

test("instantOf_EveryUnit_IsTheSameInstant", () => {
  const ms = 1_790_000_000_000;
  for (const value of [ms, ms * 1000, ms / 1000, new Date(ms).toISOString()]) assert.equal(instantOf(value), ms);
  for (const bad of [undefined, null, "soon", 0, -1, NaN, {}]) assert.equal(instantOf(bad), undefined);
});

test("safeLink_OtherSchemes_AreRefused", () => {
  const base = "https://relay.example";
  assert.equal(safeLink("https://shop.example/a", base), "https://shop.example/a");
  assert.equal(safeLink("/a", base), "https://relay.example/a");
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", undefined]) {
    assert.equal(safeLink(bad, base), undefined, String(bad));
  }

  assert.equal(withClickToken("https://shop.example/a?x=1#y", "t&k"), "https://shop.example/a?x=1&clickToken=t%26k#y");
});

test("Strings_BothLanguages_HaveTheSameParameters", () => {
  const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  for (const [key, [english, chinese]] of Object.entries(strings)) {
    assert.deepEqual(parameters(chinese), parameters(english), key);
  }
});
