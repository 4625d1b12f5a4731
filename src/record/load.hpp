// Operands given as files: a directory with an index.json and the .npy arrays it names, as --dump writes it
// (record/dump_index.hpp).
//
// Sizes come from the arrays. Scales are linear or blocked; where both are named, they must be the same. Every
// member of "problem" may be absent and so may the alphas (1); its "groups", where there are any, must be those
// that the arrays make. b2 and sfb2 are not read for op gemm, nor reference results and outputs for any. Keys
// that a dump does not have are errors.
#pragma once

#include <filesystem>
#include <vector>

#include "data/operands.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::record {

struct Loaded {
  Problem problem;
  data::Operands operands;
  /// What was read.
  std::vector<std::filesystem::path> files;
};

/// Anything missing, malformed or contradictory is a std::runtime_error of one line, naming the file and what
/// was expected of it.
Loaded load(const std::filesystem::path& directory);

}  // namespace nvfp4bench::record
