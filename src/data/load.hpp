// Operands given as files: a directory with an index.json and the .npy arrays it names, as --dump writes it.
//
//   {"format": "nvfp4bench-dump", "version": 1,
//    "problem": {"name": ..., "op": ..., "output": ..., "fill": ..., "seed": ...},
//    "groups": [{"a": "g0_a_codes.npy", "sfa": "g0_sfa_linear.npy", "sfa_blocked": "g0_sfa_blocked.npy",
//                "b1": ..., "sfb1": ..., "b2": ..., "sfb2": ..., "alpha1": 1.0, "alpha2": 1.0}, ...]}
//
//   codes            |u1 [l, rows, k/2]     packed E2M1, even k in the low nibble
//   linear scales    |u1 [l, rows, k/16]
//   blocked scales   |u1 [l, bytes]         nvfp4/scale_layout.hpp, padding zero; read if no linear ones are
//
// Sizes come from the arrays. Every member of "problem" may be absent and so may the alphas (1); b2 and sfb2
// are not read for op gemm. What else the index holds (reference results, outputs) is ignored.
#pragma once

#include <filesystem>

#include "data/operands.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::data {

struct Loaded {
  Problem problem;
  Operands operands;
};

/// Anything missing, malformed or contradictory is a std::runtime_error of one line, naming the file and what
/// was expected of it.
Loaded load(const std::filesystem::path& directory);

}  // namespace nvfp4bench::data
