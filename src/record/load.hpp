// Operands given as files: a directory with an index.json and the .npy arrays it names, as --dump writes it
// (record/dump_index.hpp).
//
// Sizes come from the arrays. Linear scales are read if there are any, else blocked ones. Every member of
// "problem" may be absent and so may the alphas (1); b2 and sfb2 are not read for op gemm. What else the index
// holds (reference results, outputs) is ignored.
#pragma once

#include <filesystem>

#include "data/operands.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::record {

struct Loaded {
  Problem problem;
  data::Operands operands;
};

/// Anything missing, malformed or contradictory is a std::runtime_error of one line, naming the file and what
/// was expected of it.
Loaded load(const std::filesystem::path& directory);

}  // namespace nvfp4bench::record
