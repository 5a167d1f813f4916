# shellcheck shell=bash
# Sourced after env.sh by tools that need a simulator: a scratch folder, a simulator in it, and both gone at exit.

scratch=$(mktemp -d)

stop_simulator() {
    if [[ -f $scratch/simulator.pid ]]; then
        (cd "$ROOT" && .venv/bin/python -m tests.simulator --stop "$scratch/simulator.pid") || true
        rm -f "$scratch/simulator.pid"
    fi
}

trap 'stop_simulator; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# Start a simulator with nothing in it; its variables go to the environment and to $scratch/simulator.yml.
start_simulator() {
    stop_simulator
    (cd "$ROOT" && .venv/bin/python -m tests.simulator --daemon --delay 1 --env-file "$scratch/simulator.env" \
        --vars-file "$scratch/simulator.yml" --pid-file "$scratch/simulator.pid")
    set -a
    # shellcheck source=/dev/null
    . "$scratch/simulator.env"
    set +a
}
