# syntax=docker/dockerfile:1
# The relay with everything that co-hosting needs; target "demo" plays a sale night on it. How each step was checked: docs/operations.md, "Container".

FROM docker.io/library/node:20-bookworm-slim AS pages
WORKDIR /source/src/MediaRelay.Server/Pages
COPY src/MediaRelay.Server/Pages/package.json src/MediaRelay.Server/Pages/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY src/MediaRelay.Server/Pages ./
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
# Without npm the publish takes the pages as they are.
COPY --from=pages /source/src/MediaRelay.Server/wwwroot src/MediaRelay.Server/wwwroot
RUN dotnet publish src/MediaRelay.Server -c Release -o /app \
    && test -f /app/wwwroot/index.html

FROM build AS demo-build
RUN dotnet publish tools/MediaRelay.SaleNight -c Release -o /demo

# .NET 10 has no Debian images of its own, and GStreamer's plugins are tested on Debian 12; the runtime itself is the same
# build on every glibc distribution.
FROM docker.io/library/debian:12-slim AS runtime
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates curl libstdc++6 libssl3 \
        libgstreamer1.0-0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad \
        gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-x fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin mediarelay \
    && install -d -o mediarelay -g mediarelay -m 0750 /data
COPY --from=build /usr/share/dotnet/host /usr/share/dotnet/host
COPY --from=build /usr/share/dotnet/shared/Microsoft.NETCore.App /usr/share/dotnet/shared/Microsoft.NETCore.App
COPY --from=build /usr/share/dotnet/shared/Microsoft.AspNetCore.App /usr/share/dotnet/shared/Microsoft.AspNetCore.App
COPY --from=build /app /app
ENV DOTNET_ROOT=/usr/share/dotnet \
    GST_REGISTRY=/var/cache/gstreamer-registry
# Makes GStreamer's list of plugins, which the first co-host session would otherwise wait for, and proves that all are there.
RUN /app/MediaRelay.Server mixer-worker probe x264enc avdec_h264 vp8enc vp8dec opusenc opusdec | tee /dev/stderr \
    | grep -q '"MissingElements":\[\]' \
    && chmod 0644 "$GST_REGISTRY"

FROM runtime AS demo
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gstreamer1.0-tools \
    && rm -rf /var/lib/apt/lists/*
COPY --from=demo-build /demo /demo
USER mediarelay
ENTRYPOINT ["/demo/MediaRelay.SaleNight"]

FROM runtime AS relay
USER mediarelay
WORKDIR /data
ENV DOTNET_ENVIRONMENT=Production \
    ASPNETCORE_URLS=http://0.0.0.0:8080 \
    MediaRelay__Data__Directory=/data
EXPOSE 8080/tcp 7882/udp
VOLUME /data
HEALTHCHECK --interval=5s --timeout=2s --start-period=10s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/health/ready"]
STOPSIGNAL SIGTERM
# Production needs a key: -e MediaRelay__Auth__Keys__shop=<secret of 32 bytes or more>
ENTRYPOINT ["/app/MediaRelay.Server"]
