# syntax=docker/dockerfile:1

# Both images are pinned by digest: a tag can be pushed again, a digest cannot. Dependabot moves them (.github/dependabot.yaml); a release
# fails when one is not there and warns when its tag has moved on (.github/workflows/release.yaml).
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim@sha256:3638d9a6fe4030bd716be989438248074489337ba3275657f93595428be4fc03 AS build
WORKDIR /build
COPY package.json package-lock.json ./
# No package's script runs here: esbuild's program comes as a package of its own.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN node src/build/bundle.ts

# No shell, no package manager, no other program than node. The bundle is the same for every architecture.
FROM gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="ecs-operator" \
      org.opencontainers.image.description="Reconciles Kubernetes objects into Amazon ECS" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
WORKDIR /app
# The second file is loaded only when traces are wanted.
COPY --from=build --chmod=0444 /build/dist/ecs-operator.mjs /build/dist/ecs-operator-tracing.mjs ./
COPY --chmod=0444 LICENSE ./
USER 65532:65532
# Said here too, because the AWS SDK asks for it and fails for a user that /etc/passwd does not know, as OpenShift has them.
ENV HOME=/home/nonroot
EXPOSE 8080 8081
# The heap as `npm start` has it: a small young generation, because objects live long here.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=2", "--heap-growing-percent=20", "/app/ecs-operator.mjs"]
