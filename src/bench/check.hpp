// Whether a variant's outputs are right: the first run is judged, all others are held against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "data/output_image.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"
#include "place/place.hpp"
#include "validate/judge.hpp"
#include "validate/judge_elements.hpp"
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
  /// Operands on the host, which change while a variant runs on others; c is that of `outputs`.
  const ProblemView& view;
  /// One image for all variants: a variant's output lives until another one runs.
  data::OutputImage& outputs;
  /// Null: a sample of the elements is judged instead of all of them.
  const validate::Reference* reference = nullptr;
  /// Picks that sample.
  uint64_t sample_seed = 0;
  int threads = 1;
};

/// Every run but the first sees operands of its own (data/change.hpp), so that nothing a kernel has kept is right.
class Check {
 public:
  /// `sums_proven`: see validate::JudgeOptions.
  Check(const kernels::Variant& variant, const Standard& standard, bool sums_proven = false);

  /// Poisons the outputs, runs, fetches them and judges them. Throws WrongOutput where the guard bands are
  /// damaged; otherwise verdict() says what was found.
  place::Sample first_run(place::Session& session, Method method);

  /// Likewise, on operands that have changed in a few places and outputs that are poisoned otherwise than in the
  /// run before. Throws WrongOutput unless the elements that the change touches are right and all others have the
  /// bits of the first run or, if the variant is not deterministic, are not wrong either. `which` names the run.
  place::Sample run(place::Session& session, Method method, std::string_view which);

  /// Of the first run, or of a later one that was wrong. Absent until an output has been judged.
  const std::optional<Verdict>& verdict() const { return verdict_; }

 private:
  void poison(place::Session& session);
  place::Sample run_and_fetch(place::Session& session, Method method);
  validate::JudgeOptions judge_options() const;
  Verdict judge() const;
  /// Where the outputs of group g, touched places left out, are not those of the first run.
  std::vector<validate::Place> differing(std::size_t g, std::span<const validate::Place> touched) const;
  void check_touched(std::span<const validate::ExactElement> elements, std::string_view which);
  void check_others(std::span<const validate::Place> touched, std::string_view which);
  [[noreturn]] void fail(const Verdict& found, const std::string& reason);

  const kernels::Variant& variant_;
  const Standard& standard_;
  const bool sums_proven_;
  std::size_t runs_ = 0;
  uint32_t poison_ = 0;
  std::mt19937_64 random_;
  std::vector<std::vector<uint8_t>> first_outputs_;  // c of every group
  std::optional<Verdict> verdict_;
};

}  // namespace nvfp4bench::bench
