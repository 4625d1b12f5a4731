// What is computed: one problem is a list of groups, each a (dual) GEMM on NVFP4 operands.
//
//   acc1[m,n] = sum_k a[m,k] sfa[m,k/16] b1[n,k] sfb1[n,k/16]         acc2 likewise with b2, sfb2
//   dual_gemm_silu:  c = round(silu(alpha1 acc1) * (alpha2 acc2)),    silu(x) = x / (1 + e^-x)
//   gemm:            c = round(alpha1 acc1)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvfp4bench {

enum class Op { dual_gemm_silu, gemm };
enum class OutputType { f16, bf16, f32 };
inline constexpr std::array kOps{Op::dual_gemm_silu, Op::gemm};
inline constexpr std::array kOutputTypes{OutputType::f16, OutputType::bf16, OutputType::f32};

/// What the scale layout holds where rows are padded to 128. The format leaves that open, so that no output may
/// depend on it; padding along K is always zero. `random` is any finite scale.
enum class PadScales { zero, random, nan };
inline constexpr std::array kPadScales{PadScales::zero, PadScales::random, PadScales::nan};

constexpr std::string_view to_string(PadScales pad) {
  switch (pad) {
    case PadScales::zero:
      return "zero";
    case PadScales::random:
      return "random";
    case PadScales::nan:
      return "nan";
  }
  return "?";
}

constexpr std::string_view to_string(Op op) { return op == Op::gemm ? "gemm" : "dual_gemm_silu"; }

constexpr std::string_view to_string(OutputType type) {
  switch (type) {
    case OutputType::f16:
      return "f16";
    case OutputType::bf16:
      return "bf16";
    case OutputType::f32:
      return "f32";
  }
  return "?";
}

constexpr int64_t bytes_per_element(OutputType type) { return type == OutputType::f32 ? 4 : 2; }

/// FP4 values that share one scale factor.
inline constexpr int64_t kScaleBlock = 16;

/// Largest legal K: every product is an integer below 2^42.79 in units of 2^-20, so an exact dot product
/// of up to 1,217,394 of them fits int64. K is also a multiple of kScaleBlock.
inline constexpr int64_t kMaxK = 1'217'392;

/// Largest legal |alpha|: intermediate results, at most kMaxK 2^17 2^120, then stay finite in fp32.
inline constexpr float kMaxAlpha = 0x1p60f;

/// Sizes of one group, in elements; k counts FP4 values. m == 0 is an empty group: legal, no work.
struct Group {
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  int64_t l = 1;
  /// Second-level scales. Absent: 1, or what the fill calibrates to (see data/fill.hpp).
  std::optional<float> alpha1;
  std::optional<float> alpha2;

  bool operator==(const Group&) const = default;
};

/// Names stand in reports and name folders: one line, and nothing that leads elsewhere.
constexpr bool is_problem_name(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/') return false;
  }
  return true;
}

/// Products of a sum of the fill exact_full that may be other than zero: as many as are exact in any order.
inline constexpr int64_t kExactSumLength = 7280;

/// Problem::fill of operands that were given, not generated.
inline constexpr std::string_view kGivenFill = "given";

struct Problem {
  std::string name;
  std::string description;
  Op op = Op::dual_gemm_silu;
  OutputType output = OutputType::f16;
  std::string fill = "gpumode";
  uint64_t seed = 1;
  PadScales pad_scales = PadScales::zero;
  std::vector<Group> groups;

  bool operator==(const Problem&) const = default;
};

}  // namespace nvfp4bench
