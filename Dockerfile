# The image in which Kubernetes runs attempts: the binary, the bundled plugins, and what these need.
#   docker build --tag registry.example/sluice:1 .
#   docker build --build-arg PACKAGES="git bubblewrap" …   with more of Debian's packages: what your stages call
# The toolchain with which the tests run; the manifest takes any from 6.1 on.
ARG SWIFT=6.3.1

FROM swift:${SWIFT}-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgit2-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
# The manifest names the tests, and a template of the SDK, as targets.
COPY Tests Tests
COPY sdk sdk
RUN swift build --configuration release --static-swift-stdlib --product sluice
COPY plugins plugins
# As scripts/install lays it out: links of the checkout would lead nowhere.
RUN installed=/installed/usr/local \
    && mkdir -p "$installed/bin" "$installed/share/sluice" \
    && install -m 0755 --strip .build/release/sluice "$installed/bin/sluice" \
    && cp -RL plugins sdk "$installed/share/sluice/" \
    && chmod -R a+rX "$installed"

FROM debian:bookworm-slim
ARG PACKAGES=
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libgit2-1.5 libsqlite3-0 python3 python3-venv ca-certificates ${PACKAGES} \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /installed /
ENTRYPOINT ["/usr/local/bin/sluice"]
