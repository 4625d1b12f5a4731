#include "bench/trial.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/ending.hpp"

namespace nvfp4bench::bench {

Trial::Trial(const kernels::Variant& variant, Context& context, const Standard& standard, place::Stage& stage,
             const Work& work, VariantResult& result)
    : variant_(variant),
      context_(context),
      stage_(stage),
      work_(work),
      result_(result),
      check_(variant, standard, sums_proven(result)),
      measurement_(context) {}

template <class Step>
void Trial::attempt(Step step) {
  const double begun = context_.now();
  if (std::optional<Ending> ending = ending_of(step)) {
    if (ending->status == Status::failed) result_.verdict = check_.verdict();
    end(ending->status, std::move(ending->reason));
  }
  result_.elapsed_s = result_.elapsed_s.value_or(0) + context_.now() - begun;
}

void Trial::end(Status status, std::string reason) {
  close();  // its temporaries are not needed any more, and others may need the memory
  result_.status = status;
  result_.reason = std::move(reason);
  ended_ = true;
}

void Trial::close() {
  if (!session_) return;
  for (std::string& remark : session_->remarks()) {
    std::vector<std::string>& all = result_.remarks;
    if (std::find(all.begin(), all.end(), remark) == all.end()) all.push_back(std::move(remark));
  }
  session_.reset();
}

void Trial::open() {
  session_ = stage_.open(variant_);
  preparation_s_ = session_->prepare();
  result_.workspace_bytes = session_->workspace_bytes();
}

void Trial::bind() {
  attempt([&] { open(); });
}

void Trial::first_run() {
  attempt([&] {
    measurement_.add_warm_up(check_.first_run(*session_, session_->methods().front()).seconds);
    result_.verdict = check_.verdict();
    if (result_.verdict->status == Status::failed) end(Status::failed, result_.verdict->reason);
  });
}

void Trial::second_run() {
  attempt([&] {
    measurement_.add_warm_up(check_.run(*session_, session_->methods().front(), "the second run").seconds);
    if (session_->moves()) {
      close();
      open();
      measurement_.add_warm_up(
          check_.run(*session_, session_->methods().front(), "a run at other addresses").seconds);
    }
    if (result_.verdict->status != Status::passed) end(result_.verdict->status, result_.verdict->reason);
  });
}

void Trial::warm_up() {
  attempt([&] { measurement_.warm_up(*session_, check_); });
}

void Trial::sample() {
  attempt([&] {
    measurement_.sample(*session_, check_);
    if (!measurement_.done()) return;
    if (rejected()) return;
    measurement_.measure_aside(*session_, check_);
    if (!rejected()) measured();
  });
}

std::string Trial::why_not_believed() const {
  return measurement_.why_not_believed(work_, context_.stand_of(variant_).limits);
}

bool Trial::rejected() {
  if (why_not_believed().empty()) return false;
  if (!variant_.on_gpu) context_.raise_ceilings();
  const std::string reason = why_not_believed();
  if (!reason.empty()) end(Status::rejected, reason);
  return !reason.empty();
}

void Trial::interrupt() {
  if (measurement_.samples() == 0) return;
  if (const std::string reason = why_not_believed(); !reason.empty()) return end(Status::rejected, reason);
  measured();
}

void Trial::measured() {
  measurement_.report(preparation_s_, result_);
  end(Status::passed, "");
}

}  // namespace nvfp4bench::bench
