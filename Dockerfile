# The image in which Kubernetes runs attempts: the binary, git's library, Python for the bundled plugins.
#   docker build --tag registry/sluice:1 .
# Nobody has built it yet: the machines that test this have no engine for images.
FROM swift:6.1-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends libgit2-dev libsqlite3-dev pkg-config
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
# The manifest names a template in it as a target.
COPY sdk sdk
RUN swift build --configuration release --static-swift-stdlib --product sluice \
    && install -m 0755 "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/sluice" /sluice

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgit2-1.5 libsqlite3-0 python3 python3-venv ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /sluice /usr/local/bin/sluice
COPY plugins /usr/local/share/sluice/plugins
COPY sdk /usr/local/share/sluice/sdk
ENTRYPOINT ["/usr/local/bin/sluice"]
