// The index.json of a dump, as --dump writes it and --load reads it.
//
//   {"format": "nvfp4bench-dump", "version": 1,
//    "problem": {"name": ..., "op": ..., "output": ..., "fill": ..., "seed": ...},
//    "groups": [{"a": "g0_a_codes.npy", "sfa": "g0_sfa_linear.npy", "sfa_blocked": "g0_sfa_blocked.npy",
//                "b1": ..., "sfb1": ..., "b2": ..., "sfb2": ..., "alpha1": 1.0, "alpha2": 1.0,
//                "acc1": ..., "acc2": ..., "c_reference": ...}, ...],
//    "c_dtype": "f16", "acc_unit": "2^-20", "outputs": {"cpu/two_pass": ["g0_cpu_two_pass.npy", ...]}}
//
//   codes            |u1 [l, rows, k/2]     packed E2M1, even k in the low nibble
//   linear scales    |u1 [l, rows, k/16]    UE4M3
//   blocked scales   |u1 [l, bytes]         nvfp4/scale_layout.hpp, padding along K zero
//   acc1, acc2       <i8 [l, m, n]          exact, in units of 2^-20; none where c is NaN
//   outputs          <f2, <f4 or <u2 (bf16 bits) [l, m, n]
#pragma once

#include <string>
#include <string_view>

#include "text/strict_json.hpp"

namespace nvfp4bench::record {

/// 4096 groups of several variants take some megabytes.
inline constexpr text::FileLimit kDumpIndexLimit{std::size_t{64} << 20, "index of a dump"};

inline constexpr std::string_view kDumpFormat = "nvfp4bench-dump";
inline constexpr int kDumpVersion = 1;
inline constexpr std::string_view kIndexFile = "index.json";

/// Where a group names the arrays of one of its matrices, "a", "b1" or "b2".
struct MatrixKeys {
  explicit MatrixKeys(const std::string& matrix)
      : codes(matrix), linear("sf" + matrix), blocked("sf" + matrix + "_blocked") {}

  std::string codes;
  std::string linear;
  std::string blocked;
};

}  // namespace nvfp4bench::record
