# The command line, for pipelines that run containers (docs/pipelines.md). Rootless: it needs no user of its own and
# writes only to its home and to the folder that is mounted. The digest is of the image's index, as public
# repositories of others pin this version (seen November 2026); no registry was asked.
FROM python:3.13.12-slim-trixie@sha256:f1927c75e81efd1e091dbd64b6c0ecaa5630b38635a3d1c04034ac636e1f94c8 AS build
RUN python -m venv /opt/fairlead
ENV PATH=/opt/fairlead/bin:$PATH
WORKDIR /source
COPY requirements-cli.txt requirements-build.txt ./
RUN python -m pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements-cli.txt
RUN python -m venv --system-site-packages /opt/build \
 && /opt/build/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements-build.txt
COPY . .
RUN /opt/build/bin/python -m pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheel . \
 && python -m pip install --no-index --no-deps /wheel/*.whl \
 && python -m pip uninstall --yes pip

FROM python:3.13.12-slim-trixie@sha256:f1927c75e81efd1e091dbd64b6c0ecaa5630b38635a3d1c04034ac636e1f94c8
# What a diff of revisions asks; the mounted folder is somebody else's, whoever runs this.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory '*'
COPY --from=build /opt/fairlead /opt/fairlead
COPY tools/ci /opt/fairlead/ci
ENV PATH=/opt/fairlead/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /project
ENTRYPOINT ["fairlead"]
CMD ["--help"]
