// Variants that do what a test says, on a clock that the test moves.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kernels/variant.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::bench {

/// The right answer, for fp32 outputs.
inline void write_exact(const ProblemView& view) {
  const validate::Reference reference = validate::compute_reference(view, 1);
  for (std::size_t g = 0; g < view.groups.size(); ++g) {
    const GroupView& group = view.groups[g];
    auto* c = static_cast<float*>(group.c);
    for (std::size_t i = 0; i < reference.groups[g].acc1.size(); ++i) {
      const double x1 = static_cast<double>(group.alpha1) * std::ldexp(reference.groups[g].acc1[i], -20);
      if (view.op == Op::gemm) {
        c[i] = static_cast<float>(x1);
        continue;
      }
      const double x2 = static_cast<double>(group.alpha2) * std::ldexp(reference.groups[g].acc2[i], -20);
      c[i] = static_cast<float>(x1 / (1 + std::exp(-x1)) * x2);
    }
  }
}

struct Fake {
  double now_ms = 0;

  struct Script {
    /// Replaces the whole of the run-th run (from 1): right, and 10 ms long, if empty.
    std::function<void(int run, const ProblemView&, kernels::RunContext&)> run;
    std::function<void()> bind;
    std::function<void()> prepare;
    std::string why_not;
    int kernels_alive = 0;
  };
  std::array<Script, 3> scripts;
  std::string log;  // one letter a run: the order in which variants ran

  static Fake& instance() {
    static Fake fake;
    return fake;
  }
};

/// A variant that follows one of the scripts.
struct FakeVariant : kernels::Variant {
  std::size_t slot = 0;

  Fake::Script& script() const { return Fake::instance().scripts[slot]; }
};

class FakeKernel : public kernels::Kernel {
 public:
  FakeKernel(const FakeVariant& variant, const ProblemView& view) : variant_(variant), view_(view) {
    if (script().bind) script().bind();
    ++script().kernels_alive;
  }
  ~FakeKernel() override { --script().kernels_alive; }

  bool prepares_weights() const override { return script().prepare != nullptr; }
  void prepare_weights(kernels::RunContext&) override { script().prepare(); }
  int64_t workspace_bytes() const override { return 1000 + static_cast<int64_t>(variant_.slot); }

  void run(kernels::RunContext& context) override {
    ++runs_;
    Fake::instance().log += static_cast<char>('a' + variant_.slot);
    if (script().run) return script().run(runs_, view_, context);
    write_exact(view_);
    Fake::instance().now_ms += 10;
  }

 private:
  Fake::Script& script() const { return variant_.script(); }

  const FakeVariant& variant_;
  const ProblemView& view_;
  int runs_ = 0;
};

/// Named fake/a, fake/b, ... It outlives its kernels.
inline FakeVariant fake_variant(std::size_t slot) {
  static constexpr std::array<std::string_view, 3> kNames{"fake/a", "fake/b", "fake/c"};
  FakeVariant variant;
  variant.name = kNames.at(slot);
  variant.summary = "does as it is told";
  variant.numerics = {
      .accumulator = Accumulator::fp32_per_block, .silu = SiluTier::accurate, .deterministic = true};
  variant.slot = slot;
  variant.why_not = [](const kernels::Variant& self, const Problem&, const kernels::Machine&) {
    return static_cast<const FakeVariant&>(self).script().why_not;
  };
  variant.bind = [](const kernels::Variant& self, const ProblemView& view,
                    const kernels::Machine&) -> std::unique_ptr<kernels::Kernel> {
    return std::make_unique<FakeKernel>(static_cast<const FakeVariant&>(self), view);
  };
  return variant;
}

}  // namespace nvfp4bench::bench
