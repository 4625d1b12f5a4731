#include "bench/check.hpp"

#include <string>

#include <fmt/format.h>

#include "data/poison.hpp"
#include "validate/judge.hpp"

namespace nvfp4bench::bench {
namespace {

/// Elements that are judged without a reference.
constexpr int64_t kSampledElements = 4096;

}  // namespace

place::Sample Check::run_poisoned(place::Session& session, Method method) {
  const OutputType type = standard_.problem.output;
  poison_ = runs_++ % 2 == 0 ? data::nan_poison(type) : data::finite_poison(type);
  session.poison(poison_);
  place::Sample sample = session.run(method);
  session.fetch();
  if (const std::string damage = standard_.outputs.damage(); !damage.empty()) throw WrongOutput(damage);
  return sample;
}

place::Sample Check::first_run(place::Session& session, Method method) {
  place::Sample sample = run_poisoned(session, method);
  first_fingerprint_ = standard_.outputs.fingerprint(standard_.threads);
  verdict_ = judge();
  return sample;
}

place::Sample Check::run(place::Session& session, Method method, std::string_view which) {
  place::Sample sample = run_poisoned(session, method);
  if (standard_.outputs.fingerprint(standard_.threads) == first_fingerprint_) return sample;
  const Verdict verdict = judge();
  if (verdict.status == Status::failed) {
    verdict_ = verdict;
    throw WrongOutput(fmt::format("{}: {}", which, verdict.reason));
  }
  if (variant_.numerics.deterministic) {
    throw WrongOutput(fmt::format(
        "{}: not the bits of the first run, though the variant declares itself deterministic", which));
  }
  return sample;
}

Verdict Check::judge() const {
  const validate::JudgeOptions options{.threads = standard_.threads, .poison = poison_};
  if (standard_.reference) {
    return validate::judge(standard_.view, *standard_.reference, variant_.numerics, options);
  }
  return validate::judge_sample(standard_.view, variant_.numerics, options, kSampledElements,
                                standard_.problem.seed);
}

}  // namespace nvfp4bench::bench
