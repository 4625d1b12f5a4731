// On a real GPU; without one, each test says why it did nothing.
#include <algorithm>
#include <vector>

#include "bench/device_arena.hpp"
#include "bench/device_stopwatch.hpp"
#include "catch.hpp"
#include "cuda/discovery.hpp"
#include "data/operands.hpp"
#include "data/poison.hpp"
#include "kernels/probe/probe.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;
namespace probe = nvfp4bench::kernels::probe;

namespace {

std::optional<Device> gpu() {
  const cuda::Discovery found = cuda::discover();
  if (!found.devices.empty()) return found.devices.front();
  WARN("skipped: " << found.why_none);
  return std::nullopt;
}

double fastest(Stopwatch& stopwatch, Method method, const std::function<void(kernels::RunContext&)>& call) {
  double best = 1;
  for (int i = 0; i < 10; ++i) best = std::min(best, stopwatch.measure(method, call).seconds);
  return best;
}

}  // namespace

TEST_CASE("every method gives the length of a kernel of known length, and all clocks agree", "[gpu]") {
  const auto device = gpu();
  if (!device) return;
  DeviceState state(*device);
  const cuda::HostShared<probe::Gate> never_open;
  const auto two_milliseconds = [&](kernels::RunContext& context) {
    probe::hold(never_open.get(), 2'000'000, context.stream);
    context.phases.end_phase("all of it");
  };
  DeviceStopwatch stopwatch(state);
  for (const Method method : stopwatch.methods()) {
    const Sample sample = stopwatch.measure(method, two_milliseconds);
    CAPTURE(to_string(method), sample.seconds, sample.clocks->host_s, sample.clocks->device_s,
            sample.clocks->tail_s);
    CHECK(sample.seconds > 2e-3);
    CHECK(sample.seconds < 2.1e-3);
    CHECK(sample.clocks->device_s > 2e-3);
    CHECK(sample.clocks->device_s < 2.1e-3);
    CHECK(sample.clocks->host_s > 2e-3);
    CHECK(sample.phases.size() == (method == Method::cold_stream ? 1 : 0));
  }
}

TEST_CASE("a cold call finds nothing in the L2 that a warm one finds there", "[gpu]") {
  const auto device = gpu();
  if (!device) return;
  DeviceState state(*device);
  const cuda::DeviceBuffer data(static_cast<std::size_t>(device->l2_bytes / 4 / 16 * 16));
  const cuda::DeviceBuffer sink(4);
  const auto read = [&](kernels::RunContext& context) {
    probe::read_memory(data.data(), data.bytes(), sink.as<uint32_t>(), device->sm_count, context.stream);
  };
  DeviceStopwatch stopwatch(state);
  const double cold = fastest(stopwatch, Method::cold_stream, read);
  const double warm = fastest(stopwatch, Method::warm_stream, read);
  CAPTURE(cold, warm);
  CHECK(cold > 1.3 * warm);
}

TEST_CASE("outputs go to the GPU and come back with their guard bands", "[gpu]") {
  const auto device = gpu();
  if (!device) return;
  DeviceState state(*device);
  Problem problem;
  problem.groups.resize(2);
  for (Group& group : problem.groups) group = {.m = 5, .n = 24, .k = 64};
  data::OutputImage outputs(problem);
  ProblemView host;
  host.groups.resize(2);
  outputs.attach(host);
  DeviceArena arena(state, host, outputs);

  outputs.poison(data::nan_poison(problem.output));
  const uint64_t poisoned = outputs.fingerprint(1);
  arena.send_outputs();
  outputs.poison(0);
  arena.fetch_outputs();
  CHECK(outputs.fingerprint(1) == poisoned);
  CHECK(outputs.damage().empty());

  cuda::check(cudaMemset(arena.view().groups[1].c, 0, 5 * 24 * 2 + 1), "writing one byte too many");
  arena.fetch_outputs();
  CHECK(outputs.damage() == "wrote outside its output: 1 bytes past the end of c of group 1");
}

TEST_CASE("copies of operands are equal to them and lie elsewhere, outputs stay where they are", "[gpu]") {
  const auto device = gpu();
  if (!device) return;
  DeviceState state(*device);
  Problem problem;
  problem.groups = {{.m = 128, .n = 16384, .k = 4096}};  // 76 MB: not all of it fits an L2 at once
  data::OutputImage outputs(problem);
  const data::Operands operands = data::generate(problem, 4);
  ProblemView host = data::view(problem, operands);
  outputs.attach(host);
  DeviceArena arena(state, host, outputs);

  const GroupView& original = arena.view().groups[0];
  const data::Matrix& b2 = operands.groups[0].b2;
  const OperandCopies copies = arena.copy_operands();
  REQUIRE_FALSE(copies.views.empty());
  for (const ProblemView& view : copies.views) {
    const GroupView& copy = view.groups[0];
    CHECK(copy.c == original.c);
    CHECK(copy.b2.codes != original.b2.codes);
    std::vector<uint8_t> scales(b2.scales.size());
    cuda::check(cudaMemcpy(scales.data(), copy.b2.scales, scales.size(), cudaMemcpyDeviceToHost), "reading");
    CHECK(std::equal(scales.begin(), scales.end(), b2.scales.data()));
  }
}
