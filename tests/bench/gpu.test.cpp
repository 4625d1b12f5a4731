// The runner with GPU variants, on a fake GPU: its memory is another piece of the host's.
#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "bench/fake_variants.hpp"
#include "bench/runner.hpp"
#include "catch.hpp"
#include "place/host_place.hpp"
#include "place/kernel_stage.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

/// What a lost GPU may still use is let go of, never freed: the leak sanitizer is told.
extern "C" const char* __lsan_default_suppressions() { return "leak:nvfp4bench::place::KernelSession::"; }

namespace {

double fake_clock() { return Fake::instance().now_ms / 1000; }

struct FakeDevice {
  bool lost = false;
  std::string does_not_fit;
  int copies = 0;  // that stages offer
  int opened = 0;
};

/// Two methods; the second takes ten times as long.
class FakeStopwatch : public place::Stopwatch {
 public:
  explicit FakeStopwatch(place::Call call) : host_(fake_clock, std::move(call)) {}
  std::span<const Method> methods() const override {
    static constexpr Method kTwo[] = {Method::cold_graph, Method::warm_stream};
    return kTwo;
  }
  Method once() const override { return Method::cold_graph; }
  place::Sample measure(Method method) override {
    place::Sample sample = host_.measure(method);
    if (method == Method::warm_stream) sample.seconds *= 10;
    return sample;
  }

 private:
  place::HostStopwatch host_;
};

class FakeStage : public place::KernelStage {
 public:
  FakeStage(FakeDevice& device, const kernels::Machine& machine, const ProblemView& host,
            data::OutputImage& outputs)
      : KernelStage(machine), device_(device), view_(host), outputs_(outputs), host_(outputs.images()) {
    for (std::size_t g = 0; g < host_.size(); ++g) {
      there_.emplace_back(host_[g].size());
      view_.groups[g].c = there_[g].data() + data::OutputImage::kGuardBytes;
    }
  }
  const ProblemView& view() const override { return view_; }
  void renew(std::span<const data::Piece>) override {
    const MatrixView& a = view_.groups[0].a;
    if (!copies_) return;
    for (auto& copy : *copies_) std::copy_n(a.codes, copy.size(), copy.begin());
  }
  void poison(uint32_t pattern) override {
    outputs_.poison(pattern);
    for (std::size_t g = 0; g < host_.size(); ++g)
      std::copy(host_[g].begin(), host_[g].end(), there_[g].begin());
  }
  void fetch() override {
    for (std::size_t g = 0; g < host_.size(); ++g)
      std::copy(there_[g].begin(), there_[g].end(), host_[g].begin());
  }
  std::unique_ptr<place::Stopwatch> make_stopwatch(place::Call call) override {
    return std::make_unique<FakeStopwatch>(std::move(call));
  }
  bool rotates() const override { return device_.copies > 0; }
  place::OperandCopies copy_operands() override {
    place::OperandCopies copies;
    const MatrixView& a = view_.groups[0].a;
    copies_ = std::make_shared<std::vector<std::vector<uint8_t>>>();
    for (int i = 0; i < device_.copies; ++i) {
      const auto& copy = copies_->emplace_back(a.codes, a.codes + a.rows * a.k / 2);
      copies.views.emplace_back(view_).groups[0].a.codes = copy.data();
    }
    copies.memory = copies_;
    return copies;
  }
  std::string damage() override { return ""; }
  bool lost() override { return device_.lost; }

 private:
  FakeDevice& device_;
  ProblemView view_;
  data::OutputImage& outputs_;
  std::vector<std::span<uint8_t>> host_;
  std::vector<std::vector<uint8_t>> there_;
  std::shared_ptr<std::vector<std::vector<uint8_t>>> copies_;
};

class FakePlace : public place::Place {
 public:
  FakePlace(FakeDevice& device, const kernels::Machine& machine) : device_(device), machine_(machine) {
    ++device.opened;
  }
  place::Facts facts(bool) override {
    place::Facts facts;
    facts.device = machine_.gpu;
    facts.launch_floor_s = 1e-6;
    return facts;
  }
  std::unique_ptr<place::Stage> bring(const ProblemView& host, data::OutputImage& outputs) override {
    if (!device_.does_not_fit.empty()) throw place::DoesNotFit(device_.does_not_fit);
    return std::make_unique<FakeStage>(device_, machine_, host, outputs);
  }
  bool lost() override { return device_.lost; }

 private:
  FakeDevice& device_;
  const kernels::Machine& machine_;
};

/// a and b run on the GPU, c on the CPU.
class GpuBench {
 public:
  GpuBench() {
    fake = Fake{};
    a.on_gpu = b.on_gpu = true;
    problem.name = std::string("p");
    problem.output = OutputType::f32;
    problem.groups = {{.m = 8, .n = 24, .k = 64}};
    machine.gpu = Device{};
    machine.gpu->name = "fake GPU";
  }

  RunResult run() {
    RunResult result;
    const std::array<const kernels::Variant*, 3> all{&a, &b, &c};
    const std::vector<Job> jobs(problems, Job{problem});
    const RunOptions options{.machine = machine, .min_time_s = 0, .max_time_s = 10};
    const Instruments instruments{
        .now = fake_clock,
        .available_memory_bytes = [] { return std::nullopt; },
        .open_host =
            [](const kernels::Machine& there) {
              return std::make_unique<place::HostPlace>(
                  there, fake_clock,
                  [](Isa, int) {
                    return Ceilings{{"cpu", 1e12, 1e15, "set by the test"}};
                  },
                  0);
            },
        .open_device =
            [this](const kernels::Machine& there) { return std::make_unique<FakePlace>(device, there); }};
    bench::run(jobs, all, true, options, {}, result, instruments);
    return result;
  }

  Fake& fake = Fake::instance();
  FakeDevice device;
  kernels::Machine machine;
  FakeVariant a = fake_variant(0);
  FakeVariant b = fake_variant(1);
  FakeVariant c = fake_variant(2);
  Problem problem;
  std::size_t problems = 1;
};

}  // namespace

TEST_CASE("outputs of GPU variants are poisoned, judged and fetched like those of CPU variants") {
  GpuBench bench;
  bench.fake.scripts[1].run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 1) static_cast<float*>(view.groups[0].c)[8 * 24] = 0;  // into the guard band
    bench.fake.now_ms += 10;
  };
  const RunResult result = bench.run();
  const auto& variants = result.problems.at(0).variants;
  CHECK(variants[0].status == Status::passed);
  CHECK(variants[1].status == Status::failed);
  CHECK(variants[1].reason.find("outside its output") != std::string::npos);
  CHECK_FALSE(variants[1].verdict);  // nothing was judged
  CHECK(variants[2].status == Status::passed);
}

TEST_CASE("the first method decides, the others stand beside it") {
  GpuBench bench;
  const VariantResult result = bench.run().problems.at(0).variants.at(0);
  CHECK(result.method == Method::cold_graph);
  CHECK(result.timing->median == Approx(0.01));
  REQUIRE(result.summaries.size() == 1);
  CHECK(result.summaries[0].tag == "time/warm_stream");
  CHECK(result.summaries[0].value == Approx(0.1));
  CHECK(result.summaries[0].statistics->samples.size() == 10);
}

TEST_CASE("with operands rotated, a sample is the time of one of many calls, each on another copy") {
  GpuBench bench;
  bench.device.copies = 2;
  std::vector<const uint8_t*> calls;
  bench.fake.scripts[0].run = [&](int, const ProblemView& view, kernels::RunContext&) {
    calls.push_back(view.groups[0].a.codes);
    write_exact(view);
    bench.fake.now_ms += 0.11;
  };
  const auto variants = bench.run().problems.at(0).variants;

  REQUIRE(variants[0].summaries.size() == 2);
  const Summary& rotated = variants[0].summaries[1];
  CHECK(rotated.tag == "time/rotated_graph");
  CHECK(rotated.title == "operands rotated");
  CHECK(rotated.value == Approx(0.11e-3));
  CHECK(rotated.statistics->samples.size() == 10);
  // 1.5 ms of calls of 0.11 ms: five rounds of three.
  REQUIRE(calls.size() > 10 * 15);
  calls.erase(calls.begin(), calls.end() - 10 * 15);
  std::set<const uint8_t*> last;
  for (auto sample = calls.begin(); sample != calls.end(); sample += 15) {
    CHECK(std::adjacent_find(sample, sample + 15) == sample + 15);
    CHECK(std::set(sample, sample + 15).size() == 3);
    last.insert(sample[14]);
  }
  CHECK(last.size() > 1);

  CHECK(variants[1].summaries.size() == 2);
  CHECK(variants[2].status == Status::passed);
  CHECK(variants[2].summaries.empty());  // the CPU's
  for (const Fake::Script& script : bench.fake.scripts) CHECK(script.kernels_alive == 0);
}

TEST_CASE(
    "weights are prepared before the first call and whenever operands have changed, those of twins too") {
  GpuBench bench;
  bench.device.copies = 2;
  int prepared = 0;
  std::vector<int> prepared_by_call;
  bench.fake.scripts[0].prepare = [&] { ++prepared; };
  bench.fake.scripts[0].run = [&](int, const ProblemView& view, kernels::RunContext&) {
    prepared_by_call.push_back(prepared);
    write_exact(view);
    bench.fake.now_ms += 10;
  };
  CHECK(bench.run().problems.at(0).variants.at(0).status == Status::passed);
  REQUIRE(prepared_by_call.size() > 40);
  CHECK(prepared_by_call[0] == 1);
  CHECK(prepared_by_call[1] == 2);
  // Samples of three calls, of the kernel and both its twins.
  const int last = prepared_by_call.back();
  CHECK(prepared_by_call[prepared_by_call.size() - 3] == last);
  CHECK(prepared_by_call[prepared_by_call.size() - 4] == last - 3);
}

TEST_CASE("a twin that cannot be bound costs the rotated time and nothing else") {
  GpuBench bench;
  bench.device.copies = 2;
  bench.fake.scripts[0].bind = [&] {
    if (bench.fake.scripts[0].kernels_alive > 0) throw std::runtime_error("out of memory");
  };
  const VariantResult result = bench.run().problems.at(0).variants.at(0);
  CHECK(result.status == Status::passed);
  REQUIRE(result.summaries.size() == 1);
  CHECK(result.summaries[0].tag == "time/warm_stream");
}

TEST_CASE("an output that is wrong with operands rotated fails the variant and leaves no times") {
  GpuBench bench;
  bench.device.copies = 2;
  bench.fake.scripts[0].run = [&](int, const ProblemView& view, kernels::RunContext&) {
    bench.fake.now_ms += 10;
    if (bench.fake.scripts[0].kernels_alive == 1) write_exact(view);
  };
  const VariantResult result = bench.run().problems.at(0).variants.at(0);
  CHECK(result.status == Status::failed);
  CHECK(result.reason.find("operands rotated, run 1") != std::string::npos);
  CHECK_FALSE(result.timing);
  CHECK(result.summaries.empty());
}

TEST_CASE("a variant that loses the GPU with operands rotated errs, its twins are leaked with it") {
  GpuBench bench;
  bench.device.copies = 2;
  bench.fake.scripts[0].run = [&](int, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    bench.fake.now_ms += 10;
    if (bench.fake.scripts[0].kernels_alive == 1) return;
    bench.device.lost = true;
    throw std::runtime_error("an illegal address");
  };
  const RunResult result = bench.run();
  CHECK(result.problems.at(0).variants.at(0).status == Status::errored);
  CHECK(result.problems.at(0).variants.at(0).reason == "an illegal address");
  CHECK(result.gpu->lost_in == "fake/a");
  CHECK(bench.fake.scripts[0].kernels_alive == 3);
}

TEST_CASE("a variant that loses the GPU errs, later GPU variants are skipped, those of the CPU run") {
  GpuBench bench;
  bench.problems = 2;
  bench.fake.scripts[0].run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    bench.fake.now_ms += 10;
    if (run < 4) return;
    bench.device.lost = true;
    throw std::runtime_error("an illegal address");
  };
  const RunResult result = bench.run();
  REQUIRE(result.problems.size() == 2);
  const auto& first = result.problems[0].variants;
  CHECK(first[0].status == Status::errored);
  CHECK(first[0].reason == "an illegal address");
  CHECK(first[1].reason == "the GPU was lost in fake/a");
  CHECK(first[2].status == Status::passed);
  const auto& second = result.problems[1].variants;
  for (int i : {0, 1}) {
    CHECK(second[i].status == Status::skipped);
    CHECK(second[i].reason == "the GPU was lost in fake/a");
  }
  CHECK(second[2].status == Status::passed);
  CHECK(result.gpu->lost_in == "fake/a");
  CHECK(bench.fake.scripts[0].kernels_alive == 1);  // leaked: freeing it could wait for ever
}

TEST_CASE("a GPU lost while binding skips the variants that had not begun") {
  GpuBench bench;
  bench.fake.scripts[0].bind = [&] {
    bench.device.lost = true;
    throw std::runtime_error("hangs");
  };
  bench.fake.scripts[1].bind = [] { FAIL("bound on a lost GPU"); };
  const auto variants = bench.run().problems.at(0).variants;
  CHECK(variants[0].status == Status::errored);
  CHECK(variants[1].reason == "the GPU was lost in fake/a");
  CHECK(variants[2].status == Status::passed);
}

TEST_CASE("a problem too large for the GPU is skipped there with the sizes") {
  GpuBench bench;
  bench.device.does_not_fit = "needs 200 GB";
  const auto variants = bench.run().problems.at(0).variants;
  CHECK(variants[0].status == Status::skipped);
  CHECK(variants[0].reason == "needs 200 GB");
  CHECK(variants[2].status == Status::passed);
}

TEST_CASE("without a GPU its variants are skipped with the reason and nothing is opened") {
  GpuBench bench;
  bench.machine.gpu.reset();
  bench.machine.gpu_why_not = "no driver";
  const RunResult result = bench.run();
  CHECK(result.problems[0].variants[0].reason == "no driver");
  CHECK(result.problems[0].variants[2].status == Status::passed);
  CHECK_FALSE(result.gpu);
  CHECK(bench.device.opened == 0);
}
