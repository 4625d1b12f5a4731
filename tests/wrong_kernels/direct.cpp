#include "wrong_kernels/direct.hpp"

#include <memory>
#include <string>
#include <vector>

namespace nvfp4bench::wrong_kernels {
namespace {

/// All rows of an operand, as the steps decode them.
struct Decoded {
  int64_t rows = 0;
  int64_t k = 0;
  std::vector<double> values;  // [l][rows][k]
  std::vector<double> scales;  // [l][rows][k/16]

  Decoded(const MatrixView& x, Operand operand, const Steps& steps) : rows(x.rows), k(x.k) {
    const int64_t blocks = k / kScaleBlock;
    values.reserve(static_cast<size_t>(x.l * rows * k));
    scales.reserve(static_cast<size_t>(x.l * rows * blocks));
    for (int64_t row = 0; row < x.l * rows; ++row) {
      const uint8_t* const codes = x.codes + row * k / 2;
      for (int64_t i = 0; i < k; ++i) values.push_back(steps.value(steps.code(codes, i, operand)));
      const uint8_t* const of_l = x.scales + row / rows * nvfp4::blocked_scale_bytes(rows, k);
      for (int64_t s = 0; s < blocks; ++s)
        scales.push_back(steps.scale(of_l[steps.scale_offset(x, row % rows, s, operand)], operand));
    }
  }

  int64_t index(const RowAt& at) const { return at.l * rows + at.row; }
};

struct DecodedGroup {
  Decoded a;
  Decoded b1;
  Decoded b2;
};

class Direct : public kernels::Kernel {
 public:
  Direct(const Steps& steps, const ProblemView& problem, int threads)
      : steps_(steps), problem_(problem), threads_(threads) {}

  void run(kernels::RunContext&) override {
    std::vector<DecodedGroup> groups;
    for (const GroupView& group : problem_.groups) {
      groups.push_back({Decoded(group.a, Operand::a, steps_), Decoded(group.b1, Operand::b1, steps_),
                        Decoded(group.b2, Operand::b2, steps_)});
    }
    for (size_t g = 0; g < groups.size(); ++g) {
      const GroupView& group = problem_.groups[g];
#pragma omp parallel for num_threads(threads_) schedule(static)
      for (int64_t row = 0; row < group.l() * group.m(); ++row) {
        for (int64_t n = 0; n < group.n(); ++n) {
          const Element element{problem_, static_cast<int64_t>(g), row / group.m(), row % group.m(), n};
          if (!steps_.writes(element)) continue;
          const uint32_t bits = steps_.store(element, output(groups, element));
          if (problem_.output == OutputType::f32) {
            static_cast<uint32_t*>(group.c)[row * group.n() + n] = bits;
          } else {
            static_cast<uint16_t*>(group.c)[row * group.n() + n] = static_cast<uint16_t>(bits);
          }
        }
      }
    }
  }

 private:
  double output(const std::vector<DecodedGroup>& groups, const Element& element) const {
    const double gate = scaled_sum(groups, element, Operand::b1);
    if (problem_.op == Op::gemm) return gate;
    return steps_.fuse(gate, static_cast<float>(steps_.silu(gate)), scaled_sum(groups, element, Operand::b2));
  }

  double scaled_sum(const std::vector<DecodedGroup>& groups, const Element& element, Operand b) const {
    const double sum = steps_.keep(element, b, dot(groups, element, b));
    return static_cast<float>(double{steps_.alpha(element, b)} * static_cast<float>(sum));
  }

  double dot(const std::vector<DecodedGroup>& groups, const Element& element, Operand operand) const {
    const RowAt a_at = steps_.row(element, Operand::a, {element.group, element.l, element.m});
    const RowAt b_at = steps_.row(element, operand, {element.group, element.l, element.n});
    const Decoded& a = groups[static_cast<size_t>(a_at.group)].a;
    const DecodedGroup& b_group = groups[static_cast<size_t>(b_at.group)];
    const Decoded& b = operand == Operand::b1 ? b_group.b1 : b_group.b2;
    const int64_t blocks = a.k / kScaleBlock;
    double sum = 0;
    for (int64_t s = 0; s < blocks; ++s) {
      const int64_t a_block = a.index(a_at) * blocks + s;
      const int64_t b_block = b.index(b_at) * blocks + s;
      const Block block{values(a, a_block), values(b, b_block),
                        a.scales[static_cast<size_t>(a_block)] * b.scales[static_cast<size_t>(b_block)]};
      for (int i = steps_.times(element, s, blocks); i > 0; --i) sum = steps_.add(sum, block);
    }
    return sum;
  }

  static std::span<const double, kScaleBlock> values(const Decoded& x, int64_t block) {
    return std::span<const double, kScaleBlock>(x.values.data() + block * kScaleBlock, kScaleBlock);
  }

  const Steps& steps_;
  ProblemView problem_;
  int threads_;
};

}  // namespace

DirectVariant direct(std::string_view name, std::string_view summary, const Expectation& expected,
                     const Steps& steps) {
  DirectVariant variant;
  variant.name = name;
  variant.summary = summary;
  variant.numerics = {Accumulator::fp32_per_block, SiluTier::approx, true};
  variant.why_not = [](const kernels::Variant&, const Problem&, const kernels::Machine&) {
    return std::string();
  };
  variant.bind = [](const kernels::Variant& self, const ProblemView& problem,
                    const kernels::Machine& machine) -> std::unique_ptr<kernels::Kernel> {
    return std::make_unique<Direct>(static_cast<const DirectVariant&>(self).steps, problem, machine.threads);
  };
  variant.steps = steps;
  variant.expected = expected;
  return variant;
}

DirectVariant direct_gemm(std::string_view name, std::string_view summary, const Expectation& expected,
                          const Steps& steps) {
  DirectVariant variant = direct(name, summary, expected, steps);
  variant.op = Op::gemm;
  return variant;
}

const DirectVariant direct_right =
    direct("direct/right", "the definition, element by element", {"smoke", "ragged", Status::passed}, {});
const DirectVariant direct_right_gemm =
    direct_gemm("direct/right_gemm", "the single product, element by element",
                {"smoke", "single_gemm", Status::passed}, {});

}  // namespace nvfp4bench::wrong_kernels
