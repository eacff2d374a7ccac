#!/bin/sh
# Which steps bring a stack to its environment? Up, after repairing what an interrupted run left, a preview that must be
# empty, and requests that show whether it does what its file says.
#
# The program's packages are there already: they are installed before anybody has credentials.
set -eu
cd "$(dirname "$0")/../.."

stack=${1:?"usage: tools/ci/deploy.sh STACK"}
if [ ! -f "Pulumi.$stack.yaml" ]; then
  echo "error: there is no Pulumi.$stack.yaml." >&2
  exit 1
fi

.venv/bin/python -m fairlead up --yes --stack "$stack"

# A stack that wants to change again was not what its program says: a provider's default, or somebody's hand.
if ! pulumi preview --non-interactive --color never --diff --expect-no-changes --stack "$stack"; then
  echo "error: $stack is up, but the next up would change it again; see the preview above." >&2
  exit 1
fi

# The report is the job's summary, on the page of the commit's check. What could not be asked from here (2) is a warning.
mkdir -p build
code=0
.venv/bin/python -m fairlead verify --stack "$stack" --format markdown >build/verify.md || code=$?
cat build/verify.md
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat build/verify.md >>"$GITHUB_STEP_SUMMARY"
fi
if [ "$code" -eq 2 ]; then
  echo "warning: some of what $stack promises could not be asked; see the report above." >&2
elif [ "$code" -ne 0 ]; then
  echo "error: $stack is up, but does not do all that its file says; see the report above." >&2
  exit 1
fi
