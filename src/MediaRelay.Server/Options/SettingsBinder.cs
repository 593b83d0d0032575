using System.Reflection;

namespace MediaRelay.Server.Options;

/// <summary>
/// Fills an options object from its section. Unlike the configuration binder it does not stop at the first value that
/// cannot be read: such a value leaves the default in place, and the validator reports it together with all others.
/// </summary>
internal static class SettingsBinder
{
    public static void Bind(IConfigurationSection section, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var setting = section.GetSection(property.Name);
            if (!setting.Exists())
            {
                continue;
            }

            if (property.PropertyType == typeof(List<string>))
            {
                property.SetValue(options, ReadList(setting));
            }
            else if (property.PropertyType == typeof(Dictionary<string, string>))
            {
                property.SetValue(options, ReadMap(setting));
            }
            else if (setting.Value is { } text && SettingsText.TryRead(text, property.PropertyType, out var value))
            {
                property.SetValue(options, value);
            }
        }
    }

    // One value with commas is accepted too, because lists are clumsy in environment variables.
    private static List<string> ReadList(IConfigurationSection setting) =>
        string.IsNullOrEmpty(setting.Value)
            ? [.. setting.GetChildren().Select(child => child.Value ?? "")]
            : [.. setting.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static Dictionary<string, string> ReadMap(IConfigurationSection setting) =>
        setting.GetChildren().ToDictionary(child => child.Key, child => child.Value ?? "", StringComparer.Ordinal);
}
