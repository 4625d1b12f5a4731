#!/bin/sh
# What CMake's options do, by configuring alone.
#
# usage: options.sh CMAKE SOURCE_DIR
#
# Prints what does not hold, and exits 1 if there is something.
cmake=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "$1"
  failures=$((failures + 1))
}

# configure NAME ARGUMENTS...: into $work/NAME, without what takes time; its log is $work/NAME.log.
configure() {
  name=$1
  shift
  "$cmake" -B "$work/$name" -DNVFP4BENCH_TESTS=OFF "$@" > "$work/$name.log" 2>&1
}

for off in OFF off 0 NO FALSE n; do
  configure "cuda_$off" -S "$source" "-DNVFP4BENCH_CUDA=$off" || fail "NVFP4BENCH_CUDA=$off: $(cat "$work/cuda_$off.log")"
  grep -q '^CMAKE_CUDA_COMPILER' "$work/cuda_$off/CMakeCache.txt" && fail "NVFP4BENCH_CUDA=$off looks for CUDA"
done

configure banana -S "$source" -DNVFP4BENCH_CUDA=banana && fail "NVFP4BENCH_CUDA=banana is accepted"
grep -q "expected AUTO, ON or OFF, got 'banana'" "$work/banana.log" || fail "NVFP4BENCH_CUDA=banana: no clear message"

grep -q '^CMAKE_BUILD_TYPE:STRING=Release$' "$work/cuda_OFF/CMakeCache.txt" || fail "alone, the build type is not Release"
configure debug -S "$source" -DNVFP4BENCH_CUDA=OFF -DCMAKE_BUILD_TYPE=Debug
grep -q '^CMAKE_BUILD_TYPE:STRING=Debug$' "$work/debug/CMakeCache.txt" || fail "a build type that was asked for is replaced"

# As a part of another project, by that project's own rules.
"$cmake" -S "$source/tests/cmake/parent" -B "$work/parent" "-DNVFP4BENCH=$source" -DNVFP4BENCH_CUDA=OFF \
  > "$work/parent.log" 2>&1 || fail "add_subdirectory: $(cat "$work/parent.log")"
grep -q "build type of the whole: ''" "$work/parent.log" || fail "a parent project's build type is forced"
grep -q "features of a part: .*cxx_std_20" "$work/parent.log" || fail "targets do not carry C++20"
grep -q "tests of a part: OFF" "$work/parent.log" || fail "a parent project gets the tests"

# Installed data is found from the program, wherever both go.
for dirs in "bin share ../share" "bin lib/data ../lib/data" "libexec/tools share ../../share"; do
  set -- $dirs
  configure data -S "$source" -DNVFP4BENCH_CUDA=OFF "-DCMAKE_INSTALL_BINDIR=$1" "-DCMAKE_INSTALL_DATADIR=$2"
  grep -qr "NVFP4BENCH_CONFIGS_FROM_PROGRAM=.*\"$3/nvfp4bench/configs" "$work/data" --include=build.ninja --include=flags.make ||
    fail "with programs in $1 and data in $2, the configs are not looked for in $3/nvfp4bench/configs"
done

[ "$failures" -eq 0 ] && echo "the options do what they say"
exit "$((failures > 0))"
