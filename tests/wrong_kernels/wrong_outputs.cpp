// Variants that break the output of a real one, or never get to it.
#include <cstring>
#include <memory>
#include <stdexcept>

#include "data/poison.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr std::string_view kReal = "cpu/fused_interleaved";

std::string why_not(const kernels::Variant&, const Problem& problem, const kernels::Machine& machine) {
  return kernels::why_not(real(kReal), problem, machine);
}

constexpr kernels::Variant broken(std::string_view name, std::string_view summary,
                                  decltype(kernels::Variant::bind) bind) {
  kernels::Variant variant;
  variant.name = name;
  variant.summary = summary;
  variant.numerics = {Accumulator::fp32_per_block, SiluTier::accurate, true};
  variant.why_not = why_not;
  variant.bind = bind;
  return variant;
}

/// The single product where the dual one is wanted: the bug that this tool began with.
std::unique_ptr<kernels::Kernel> bind_gemm(const kernels::Variant&, const ProblemView& problem,
                                           const kernels::Machine& machine) {
  ProblemView single = problem;
  single.op = Op::gemm;
  for (GroupView& group : single.groups) group.b2 = {};
  return bind_real("cpu/gemm", single, machine);
}

/// Runs the real kernel and tampers with what it leaves in memory.
class Tampering : public kernels::Kernel {
 public:
  Tampering(const ProblemView& problem, const kernels::Machine& machine)
      : problem_(problem), kernel_(bind_real(kReal, problem, machine)) {}

  int64_t workspace_bytes() const override { return kernel_->workspace_bytes(); }

 protected:
  /// The end of the last output that is not empty.
  uint8_t* end_of_c() const {
    uint8_t* end = nullptr;
    for (const GroupView& group : problem_.groups) {
      const int64_t size = group.l() * group.m() * group.n() * bytes_per_element(problem_.output);
      if (size > 0) end = static_cast<uint8_t*>(group.c) + size;
    }
    return end;
  }

  ProblemView problem_;
  std::unique_ptr<kernels::Kernel> kernel_;
};

class SkipsLastElement : public Tampering {
 public:
  using Tampering::Tampering;

  void run(kernels::RunContext& context) override {
    const auto size = static_cast<size_t>(bytes_per_element(problem_.output));
    uint8_t* last = end_of_c() - size;
    uint8_t before[4];
    std::memcpy(before, last, size);
    kernel_->run(context);
    std::memcpy(last, before, size);
  }
};

class WritesNan : public Tampering {
 public:
  using Tampering::Tampering;

  void run(kernels::RunContext&) override {
    // Not the poison: a NaN that was written.
    const uint32_t nan = problem_.output == OutputType::f32 ? 0x7FFF'FFFF : 0x7FFF;
    for (const GroupView& group : problem_.groups) {
      data::fill_poison(group.c, group.l() * group.m() * group.n(), problem_.output, nan);
    }
  }
};

class WritesOutside : public Tampering {
 public:
  using Tampering::Tampering;

  void run(kernels::RunContext& context) override {
    kernel_->run(context);
    *end_of_c() = 0;
  }
};

class Throws : public Tampering {
 public:
  using Tampering::Tampering;

  void run(kernels::RunContext&) override { throw std::runtime_error("out of patience"); }
};

std::string refuse_work(const kernels::Variant&, const Problem& problem, const kernels::Machine&) {
  for (const Group& group : problem.groups) {
    if (group.m > 0) return "too much work";
  }
  return "";
}

std::unique_ptr<kernels::Kernel> bind_right(const kernels::Variant&, const ProblemView& problem,
                                            const kernels::Machine& machine) {
  return bind_real(kReal, problem, machine);
}

template <class Wrong>
std::unique_ptr<kernels::Kernel> bind(const kernels::Variant&, const ProblemView& problem,
                                      const kernels::Machine& machine) {
  return std::make_unique<Wrong>(problem, machine);
}

}  // namespace

const kernels::Variant gemm_only = broken("wrong/gemm_only", "the single product: no b2, no silu", bind_gemm);
const kernels::Variant one_element_skipped =
    broken("wrong/one_element_skipped", "the last element is never written", bind<SkipsLastElement>);
const kernels::Variant nan_everywhere =
    broken("wrong/nan_everywhere", "every element is NaN", bind<WritesNan>);
const kernels::Variant writes_outside =
    broken("wrong/writes_outside", "writes one byte past the end of the last output", bind<WritesOutside>);
const kernels::Variant throws = broken("wrong/throws", "throws while it runs", bind<Throws>);
const kernels::Variant refuses_work = [] {
  kernels::Variant variant = broken("wrong/refuses_work", "runs empty problems alone", bind_right);
  variant.why_not = refuse_work;
  return variant;
}();

}  // namespace nvfp4bench::wrong_kernels
