#!/bin/sh
# What belongs to a release? The source as git has it, the wheel, a bill of materials of what is installed, notes, checksums.
set -eu
cd "$(dirname "$0")/../.."

tag=${1:?"usage: tools/ci/release.sh TAG FOLDER"}
out=${2:?"usage: tools/ci/release.sh TAG FOLDER"}

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
if [ "$tag" != "v$version" ]; then
  echo "error: the tag is $tag, and pyproject.toml says $version: tag v$version, or change the version first." >&2
  exit 1
fi
if ! git merge-base --is-ancestor HEAD origin/main; then
  echo "error: $tag is no commit of main: merge first what is released." >&2
  exit 1
fi

mkdir -p "$out"
# From its heading to the next one.
awk -v heading="## $version" '/^## / {on = $0 == heading || index($0, heading " ") == 1; next} on' CHANGELOG.md > "$out/notes.md"
if ! grep -q . "$out/notes.md"; then
  echo "error: CHANGELOG.md has no section '## $version': give what is unreleased that name." >&2
  exit 1
fi

name=fairlead-$version
git archive --format=tar.gz --prefix="$name/" --output="$out/$name.tar.gz" HEAD
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
# It warns that a requirements file does not say which package needs which.
PYTHONWARNINGS=ignore cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --spec-version 1.6 --output-reproducible \
  --output-file "$out/sbom.cdx.json"
# From the commit and not the folder, by the build backend that is locked.
mkdir "$out/source"
git archive HEAD | tar -x -C "$out/source"
uv build --quiet --wheel --offline --no-build-isolation --python "$(command -v python)" --out-dir "$out/wheel" "$out/source"
mv "$out/wheel/$name-py3-none-any.whl" "$out"
rm -rf "$out/source" "$out/wheel"
(cd "$out" && sha256sum "$name.tar.gz" "$name-py3-none-any.whl" "sbom.cdx.json" > SHA256SUMS)
