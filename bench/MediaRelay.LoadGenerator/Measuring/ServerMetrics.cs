namespace MediaRelay.LoadGenerator.Measuring;

/// <summary>Reads a server's own metrics.</summary>
internal sealed class ServerMetrics(HttpClient http, Uri address)
{
    /// <summary>Null when nobody answers with them.</summary>
    public async Task<MetricsSnapshot?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode
                ? MetricsSnapshot.Parse(await response.Content.ReadAsStringAsync(cancellationToken))
                : null;
        }
        catch (HttpRequestException)
        {
            // A server without metrics is measured without them; the report then has none.
            return null;
        }
    }
}
