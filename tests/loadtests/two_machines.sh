#!/bin/sh
# A load by two machines, tried with two network namespaces: the simulator, the platform and the master
# in one, two processes of the generator in the other, and nothing but a cable between them.
# Needs root and iproute2; run it in the folder of the project: sh tests/loadtests/two_machines.sh
set -eu

here=reinspect-here there=reinspect-there
folder=$(mktemp -d)
started=""
clean_up() {
    for process in $started; do kill "$process" 2>/dev/null || true; done
    for host in "$here" "$there"; do
        for process in $(ip netns pids "$host" 2>/dev/null); do kill "$process" || true; done
    done
    rm -rf "$folder"
    ip netns delete "$here" 2>/dev/null || true
    ip netns delete "$there" 2>/dev/null || true
}
trap clean_up EXIT INT TERM

ip netns add "$here"
ip netns add "$there"
ip -n "$here" link add cable type veth peer name cable netns "$there"
ip -n "$here" address add 192.0.2.1/24 dev cable
ip -n "$there" address add 192.0.2.2/24 dev cable
for host in "$here" "$there"; do
    ip -n "$host" link set lo up
    ip -n "$host" link set cable up
done

.venv/bin/reinspect init "$folder/target.toml" >/dev/null
sed -i 's/127\.0\.0\.1:8901/192.0.2.1:8901/' "$folder/target.toml" # As the other machine reaches it.
ip netns exec "$here" .venv/bin/reinspect reference-platform --host 0.0.0.0 --port 8901 \
    --public-url http://127.0.0.1:8901 --passcode choose-a-passcode --state "$folder/platform" \
    --regulator http://127.0.0.1:8900/main/v1 --recipient http://127.0.0.1:8900/main/recipients \
    >"$folder/platform.log" 2>&1 &
started="$started $!"
for worker in 1 2; do
    ip netns exec "$there" .venv/bin/reinspect load --worker 192.0.2.1:5557 --client raw \
        >"$folder/worker-$worker.log" 2>&1 &
    started="$started $!"
done

ip netns exec "$here" .venv/bin/reinspect load --target "$folder/target.toml" --remote 2 \
    --bind 192.0.2.1:5557 --steps "${1:-10,20}" --seconds 5 --seed 1 --no-calibration
