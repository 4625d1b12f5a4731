// On a real GPU; without one, each test is skipped.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data/change.hpp"
#include "data/operand_arrays.hpp"
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
      const std::vector<uint8_t> poisoned(outputs.memory().begin(), outputs.memory().end());
      outputs.poison(0);
      stage.poison(pattern);
      stage.fetch();
      CHECK(std::equal(poisoned.begin(), poisoned.end(), outputs.memory().begin()));
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

TEST_CASE("changes reach operands on the GPU and their copies, and go with the next change", "[gpu]") {
  DeviceState state(test::need_gpu());
  Problem problem;
  problem.fill = std::string("full");
  problem.groups = {{.m = 5, .n = 16384, .k = 4096}, {.m = 3, .n = 40, .k = 16, .l = 2}};
  data::OutputImage outputs(problem);
  const data::Operands operands = data::generate(problem, 4);
  ProblemView host = data::view(problem, operands);
  outputs.attach(host);
  const kernels::Machine machine;
  DeviceStage stage(state, machine, host, outputs);
  const OperandCopies copies = stage.copy_operands();
  REQUIRE_FALSE(copies.views.empty());

  const auto same_as_host = [&](ProblemView there) {
    const std::vector<data::OperandArray> found = data::operand_arrays(there);
    const std::vector<data::OperandArray> expected = data::operand_arrays(host);
    for (std::size_t i = 0; i < found.size(); ++i) {
      std::vector<uint8_t> bytes(static_cast<std::size_t>(found[i].bytes));
      cuda::check(cudaMemcpy(bytes.data(), found[i].pointer, bytes.size(), cudaMemcpyDeviceToHost),
                  "reading");
      if (!std::equal(bytes.begin(), bytes.end(), expected[i].pointer)) return false;
    }
    return true;
  };
  std::mt19937_64 random(5);
  for (int i = 0; i < 3; ++i) {
    const data::ChangedOperands changed(host, data::draw_change(host, random));
    CHECK_FALSE(same_as_host(stage.view()));
    stage.renew(changed.pieces());
    CHECK(same_as_host(stage.view()));
    CHECK(same_as_host(copies.views[0]));
    CHECK(stage.damage().empty());
  }
  stage.renew({});
  CHECK(same_as_host(stage.view()));
  CHECK(same_as_host(copies.views[0]));
  CHECK(stage.damage().empty());

  // One byte, in an operand and between two of them.
  const GroupView& group = stage.view().groups[1];
  cuda::check(cudaMemset(const_cast<uint8_t*>(group.b2.scales) + 7, 0x11, 1), "damaging an operand");
  CHECK(stage.damage() == "wrote to its operands: the scales of b2 of group 1");
  CHECK(stage.damage().empty());  // brought again
  cuda::check(cudaMemset(const_cast<uint8_t*>(group.b1.codes) - 1, 0x11, 1), "damaging a gap");
  CHECK(stage.damage() == "wrote between its operands");
}
