// On a real GPU; without one, each test is skipped.
#include <algorithm>
#include <vector>

#include "catch.hpp"
#include "data/operands.hpp"
#include "data/poison.hpp"
#include "gpu.hpp"
#include "kernels/probe/probe.hpp"
#include "place/device/stage.hpp"
#include "place/device/stopwatch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::place;
namespace probe = nvfp4bench::kernels::probe;

namespace {

double fastest(Stopwatch& stopwatch, Method method) {
  double best = 1;
  for (int i = 0; i < 10; ++i) best = std::min(best, stopwatch.measure(method).seconds);
  return best;
}

}  // namespace

TEST_CASE("every method gives the length of a kernel of known length, and all clocks agree", "[gpu]") {
  const Device device = test::need_gpu();
  DeviceState state(device);
  const cuda::HostShared<probe::Gate> never_open;
  const auto two_milliseconds = [&](kernels::RunContext& context) {
    probe::hold(never_open.get(), 2'000'000, context.stream);
    context.phases.end_phase("all of it");
  };
  DeviceStopwatch stopwatch(state, two_milliseconds);
  for (const Method method : stopwatch.methods()) {
    const Sample sample = stopwatch.measure(method);
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
  const Device device = test::need_gpu();
  DeviceState state(device);
  const cuda::DeviceBuffer data(static_cast<std::size_t>(device.l2_bytes / 4 / 16 * 16));
  const cuda::DeviceBuffer sink(4);
  const auto read = [&](kernels::RunContext& context) {
    probe::read_memory(data.data(), data.bytes(), sink.as<uint32_t>(), device.sm_count, context.stream);
  };
  DeviceStopwatch stopwatch(state, read);
  const double cold = fastest(stopwatch, Method::cold_stream);
  const double warm = fastest(stopwatch, Method::warm_stream);
  CAPTURE(cold, warm);
  CHECK(cold > 1.3 * warm);
}

TEST_CASE("outputs are poisoned on the GPU as on the host, and come back with their guard bands", "[gpu]") {
  DeviceState state(test::need_gpu());
  const kernels::Machine machine;
  for (const OutputType output : kOutputTypes) {
    CAPTURE(to_string(output));
    Problem problem;
    problem.output = output;
    problem.groups = {{.m = 5, .n = 25, .k = 64}, {.m = 0, .n = 25, .k = 64}, {.m = 300, .n = 1031, .k = 64}};
    data::OutputImage outputs(problem);
    ProblemView host;
    host.output = output;
    host.groups.resize(3);
    outputs.attach(host);
    DeviceStage stage(state, machine, host, outputs);

    for (const uint32_t pattern : {data::nan_poison(output), data::finite_poison(output)}) {
      outputs.poison(pattern);
      const uint64_t poisoned = outputs.fingerprint(1);
      outputs.poison(0);
      stage.poison(pattern);
      stage.fetch();
      CHECK(outputs.fingerprint(1) == poisoned);
      CHECK(outputs.damage().empty());
    }
    const auto bytes = static_cast<std::size_t>(5 * 25 * bytes_per_element(output));
    cuda::check(cudaMemset(stage.view().groups[0].c, 0, bytes + 1), "writing one byte too many");
    stage.fetch();
    CHECK(outputs.damage() == "wrote outside its output: 1 bytes past the end of c of group 0");
  }
}

TEST_CASE("copies of operands are equal to them and lie elsewhere, outputs stay where they are", "[gpu]") {
  const Device device = test::need_gpu();
  DeviceState state(device);
  Problem problem;
  problem.groups = {{.m = 128, .n = 16384, .k = 4096}};  // 76 MB: not all of it fits an L2 at once
  data::OutputImage outputs(problem);
  const data::Operands operands = data::generate(problem, 4);
  ProblemView host = data::view(problem, operands);
  outputs.attach(host);
  const kernels::Machine machine;
  DeviceStage stage(state, machine, host, outputs);

  const GroupView& original = stage.view().groups[0];
  const data::Matrix& b2 = operands.groups[0].b2;
  const OperandCopies copies = stage.copy_operands();
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
