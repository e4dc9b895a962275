# The county's packages (.deb and archive), built on Debian 12, for any Linux of the same kind of machine:
#   docker build -f deploy/container/agent.Dockerfile -t duban-agent-packages .
#   docker create --name packages duban-agent-packages none && docker cp packages:/packages . && docker rm packages
# For arm64 the same on an arm64 machine, or with --platform linux/arm64 where the engine can emulate one.
FROM debian:bookworm-slim AS build
COPY deploy/packages/build.txt /tmp/build.txt
RUN apt-get update -q && \
    sed -e 's/#.*//' /tmp/build.txt | DEBIAN_FRONTEND=noninteractive xargs apt-get install -yq --no-install-recommends
WORKDIR /src
COPY . .
RUN cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DDUBAN_TESTS=OFF && \
    cmake --build /build --target agent_packages

FROM scratch
COPY --from=build /build/packages /packages
