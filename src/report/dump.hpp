// --dump DIR: everything of a run that another program needs to check it, as .npy files and an index.json.
//
//   a_codes, b1_codes, b2_codes      u8   [l][rows][k/2]    E2M1, even k in the low nibble
//   sfa_linear, sfb1_..., sfb2_...   u8   [l][rows][k/16]   UE4M3
//   sfa_blocked, ...                 u8   [l][bytes]        the same in the 128x4 blocked layout
//   acc1, acc2                       i64  [l][m][n]         exact, in units of 2^-20; none where c is NaN
//   c_reference, <variant>           f16, f32 or u16 (bf16 bits) [l][m][n]
//
// One file each a group, named g<group>_<array>.npy. Without b2, op gemm has no sfb2, acc2 and alpha2.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/problem.hpp"
#include "model/views.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::report {

/// Whatever cannot be created or written is a std::runtime_error naming the path.
class Dump {
 public:
  /// Creates `folder`. With `folder_per_problem`, each problem gets a folder of its name in it.
  Dump(std::filesystem::path folder, bool folder_per_problem);

  /// Writes operands, exact accumulators and reference output. Problems differ in name.
  void add_problem(const Problem& problem, const ProblemView& view, const validate::Reference& reference);

  /// Writes the output at view.groups[i].c of a problem that was added.
  void add_output(const Problem& problem, const ProblemView& view, const std::string& variant);

 private:
  std::filesystem::path folder_of(const Problem& problem) const;

  std::filesystem::path folder_;
  bool folder_per_problem_;
  /// Variants of the latest problem, in order of arrival.
  std::vector<std::string> variants_;
};

}  // namespace nvfp4bench::report
