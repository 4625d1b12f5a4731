#include "bench/check.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "data/change.hpp"
#include "data/poison.hpp"
#include "validate/changed_elements.hpp"
#include "validate/judge.hpp"

namespace nvfp4bench::bench {
namespace {

using validate::ExactElement;
using validate::Place;

/// Elements that are judged without a reference.
constexpr int64_t kSampledElements = 4096;

/// Of them in each later run: soon done, and other ones every time.
constexpr int64_t kSampledLater = 256;

/// A sample of `places` without replacement, in their order.
std::vector<Place> sample_of(const std::vector<Place>& places, std::mt19937_64& random) {
  std::vector<Place> sample;
  std::sample(places.begin(), places.end(), std::back_inserter(sample), kSampledLater, random);
  return sample;
}

int64_t row_bytes(const Problem& problem, const GroupView& group) {
  return group.n() * bytes_per_element(problem.output);
}

}  // namespace

Check::Check(const kernels::Variant& variant, const Standard& standard, bool sums_proven)
    : variant_(variant), standard_(standard), sums_proven_(sums_proven), random_(std::random_device{}()) {}

void Check::poison(place::Session& session) {
  const OutputType type = standard_.problem.output;
  poison_ = runs_++ % 2 == 0 ? data::nan_poison(type) : data::finite_poison(type);
  session.poison(poison_);
}

place::Sample Check::run_and_fetch(place::Session& session, Method method) {
  place::Sample sample = session.run(method);
  session.fetch();
  if (const std::string damage = standard_.outputs.damage(); !damage.empty()) throw WrongOutput(damage);
  if (const std::string damage = session.damage(); !damage.empty()) throw WrongOutput(damage);
  return sample;
}

place::Sample Check::first_run(place::Session& session, Method method) {
  poison(session);
  place::Sample sample = run_and_fetch(session, method);
  for (const GroupView& group : standard_.view.groups) {
    const auto* const c = static_cast<const uint8_t*>(group.c);
    first_outputs_.emplace_back(c, c + group.l() * group.m() * row_bytes(standard_.problem, group));
  }
  verdict_ = judge();
  return sample;
}

place::Sample Check::run(place::Session& session, Method method, std::string_view which) {
  const ProblemView& view = standard_.view;
  const data::Change change = data::draw_change(view, random_);
  const std::vector<Place> touched = validate::touched_places(view, change);
  std::vector<ExactElement> exact;
  if (standard_.reference)
    exact = validate::changed_elements(view, *standard_.reference, change, touched, standard_.threads);

  poison(session);
  // What the warming call writes is right but where the change touches it, so a call that then does nothing shows.
  session.settle(method);
  const data::ChangedOperands changed(view, change);
  if (session.prepares_weights()) {
    // Weights alone can be prepared: when they are, the rows of a are still those of before.
    session.renew(variant_.prepares_tokens ? changed.pieces() : changed.pieces_of_weights());
    (void)session.prepare();
  }
  session.renew(changed.pieces());
  place::Sample sample = run_and_fetch(session, method);
  if (!standard_.reference)
    exact = validate::compute_exact_elements(view, sample_of(touched, random_), standard_.threads);
  check_touched(exact, which);
  check_others(touched, which);
  return sample;
}

void Check::check_touched(std::span<const ExactElement> elements, std::string_view which) {
  const Verdict found =
      validate::judge_elements(standard_.view, elements, variant_.numerics, judge_options());
  if (found.status != Status::failed) return;
  const bool kept = std::all_of(elements.begin(), elements.end(), [&](const ExactElement& element) {
    const GroupView& group = standard_.view.groups[element.place.group];
    const int64_t bytes = bytes_per_element(standard_.problem.output);
    const int64_t at = (element.place.row * group.n() + element.place.n) * bytes;
    return std::memcmp(static_cast<const uint8_t*>(group.c) + at,
                       first_outputs_[element.place.group].data() + at, bytes) == 0;
  });
  fail(found, fmt::format("{}: operands had changed in a few places, and {}{}", which,
                          kept ? "the output is that of before the change: " : "", found.reason));
}

std::vector<Place> Check::differing(std::size_t g, std::span<const Place> touched) const {
  const GroupView& group = standard_.view.groups[g];
  const int64_t bytes = bytes_per_element(standard_.problem.output);
  const int64_t a_row = row_bytes(standard_.problem, group);
  const int64_t rows = group.l() * group.m();
  std::vector<uint8_t> differs(static_cast<std::size_t>(rows));
#pragma omp parallel for num_threads(standard_.threads) schedule(static)
  for (int64_t row = 0; row < rows; ++row) {
    const auto* const got = static_cast<const uint8_t*>(group.c) + row * a_row;
    differs[row] = std::memcmp(got, first_outputs_[g].data() + row * a_row, a_row) != 0;
  }

  std::vector<Place> places;
  auto skipped = touched.begin();
  for (int64_t row = 0; row < rows; ++row) {
    if (!differs[row]) {
      while (skipped != touched.end() && skipped->row == row) ++skipped;
      continue;
    }
    const uint8_t* const got = static_cast<const uint8_t*>(group.c) + row * a_row;
    const uint8_t* const first = first_outputs_[g].data() + row * a_row;
    int64_t n = 0;
    const auto look_until = [&](int64_t end) {
      if (std::memcmp(got + n * bytes, first + n * bytes, (end - n) * bytes) == 0) return;
      for (; n < end; ++n) {
        if (std::memcmp(got + n * bytes, first + n * bytes, bytes) != 0)
          places.push_back({static_cast<int64_t>(g), row, n});
      }
    };
    for (; skipped != touched.end() && skipped->row == row; ++skipped) {
      look_until(skipped->n);
      n = skipped->n + 1;
    }
    look_until(group.n());
  }
  return places;
}

void Check::check_others(std::span<const Place> touched, std::string_view which) {
  bool all_same = true;
  for (std::size_t g = 0; g < first_outputs_.size(); ++g) {
    const auto [begin, end] =
        std::equal_range(touched.begin(), touched.end(), Place{static_cast<int64_t>(g)},
                         [](const Place& a, const Place& b) { return a.group < b.group; });
    const std::vector<Place> places = differing(g, {begin, end});
    if (places.empty()) continue;
    all_same = false;
    std::vector<ExactElement> elements;
    if (standard_.reference) {
      for (const Place& place : places)
        elements.push_back(validate::exact_element(standard_.view, *standard_.reference, place));
    } else {
      elements =
          validate::compute_exact_elements(standard_.view, sample_of(places, random_), standard_.threads);
    }
    const Verdict found =
        validate::judge_elements(standard_.view, elements, variant_.numerics, judge_options());
    if (found.status == Status::failed)
      fail(found, fmt::format("{}: where it differs from the first run, {}", which, found.reason));
  }
  if (all_same || !variant_.numerics.deterministic) return;
  throw WrongOutput(fmt::format(
      "{}: not the bits of the first run, though the variant declares itself deterministic", which));
}

/// What was counted in the first run stays, but for what is wrong.
void Check::fail(const Verdict& found, const std::string& reason) {
  verdict_->status = Status::failed;
  verdict_->reason = reason;
  verdict_->mismatches = found.mismatches;
  verdict_->more_mismatches = found.more_mismatches;
  verdict_->unwritten = found.unwritten;
  verdict_->max_ulps = std::max(verdict_->max_ulps, found.max_ulps);
  verdict_->max_error_over_bound = std::max(verdict_->max_error_over_bound, found.max_error_over_bound);
  verdict_->first = found.first;
  throw WrongOutput(reason);
}

validate::JudgeOptions Check::judge_options() const {
  return {.threads = standard_.threads, .poison = poison_, .sums_proven = sums_proven_};
}

Verdict Check::judge() const {
  if (standard_.reference) {
    return validate::judge(standard_.view, *standard_.reference, variant_.numerics, judge_options());
  }
  return validate::judge_sample(standard_.view, variant_.numerics, judge_options(), kSampledElements,
                                standard_.sample_seed);
}

}  // namespace nvfp4bench::bench
