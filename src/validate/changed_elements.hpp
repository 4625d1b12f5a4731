// The output elements that a change of the operands touches, and their exact sums, without computing any of them
// anew: only what the changed blocks gave and will give is looked at.
#pragma once

#include <span>
#include <vector>

#include "data/change.hpp"
#include "model/views.hpp"
#include "validate/judge_elements.hpp"
#include "validate/reference.hpp"
#include "validate/sample.hpp"

namespace nvfp4bench::validate {

/// In every group the row of the changed row of a and the columns of those of b1 and b2, each element once, in
/// order.
std::vector<Place> touched_places(const ProblemView& problem, const data::Change& change);

/// The exact elements at `places`, touched ones of `change`, after the change. The operands are those of
/// `reference`: the change has not been made yet.
std::vector<ExactElement> changed_elements(const ProblemView& problem, const Reference& reference,
                                           const data::Change& change, std::span<const Place> places,
                                           int threads);

}  // namespace nvfp4bench::validate
