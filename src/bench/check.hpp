// Whether a variant's outputs are right: the first run is judged, all others are held against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "data/output_image.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"
#include "place/place.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::bench {

/// A run whose output is wrong, as opposed to one that broke.
class WrongOutput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the variants of one problem are judged by.
struct Standard {
  const Problem& problem;
  /// Operands on the host; c is that of `outputs`.
  const ProblemView& view;
  /// One image for all variants: a variant's output lives until another one runs.
  data::OutputImage& outputs;
  /// Null: a sample of the elements is judged instead of all of them.
  const validate::Reference* reference = nullptr;
  int threads = 1;
};

class Check {
 public:
  Check(const kernels::Variant& variant, const Standard& standard) : variant_(variant), standard_(standard) {}

  /// Poisons the outputs, runs, fetches them and judges them. Throws WrongOutput where the guard bands are
  /// damaged; otherwise verdict() says what was found.
  place::Sample first_run(place::Session& session, Method method);

  /// Likewise, poisoned otherwise than the run before, and throws WrongOutput unless the output has the bits
  /// of the first run or, if the variant is not deterministic, is not wrong either. `which` names the run there.
  place::Sample run(place::Session& session, Method method, std::string_view which);

  /// Of the first run, or of a later one that was wrong. Absent until an output has been judged.
  const std::optional<Verdict>& verdict() const { return verdict_; }

 private:
  place::Sample run_poisoned(place::Session& session, Method method);
  Verdict judge() const;

  const kernels::Variant& variant_;
  const Standard& standard_;
  std::size_t runs_ = 0;
  uint32_t poison_ = 0;
  uint64_t first_fingerprint_ = 0;
  std::optional<Verdict> verdict_;
};

}  // namespace nvfp4bench::bench
