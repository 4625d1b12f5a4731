#include "place/kernel_session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "place/environment.hpp"

namespace nvfp4bench::place {

std::unique_ptr<Session> KernelStage::open(const kernels::Variant& variant) {
  renew({});  // what changed for another variant
  return std::make_unique<KernelSession>(*this, variant);
}

template <class Call>
auto KernelSession::guarded(Call call) {
  struct Guard {
    ~Guard() {
      for (const std::string& change : before.restore()) {
        std::string remark = "changed " + change;
        if (std::find(remarks.begin(), remarks.end(), remark) == remarks.end())
          remarks.push_back(std::move(remark));
      }
    }
    std::vector<std::string>& remarks;
    const Environment before;
  } guard{remarks_, {}};
  return call();
}

KernelSession::KernelSession(KernelStage& stage, const kernels::Variant& variant)
    : stage_(stage), variant_(variant), bound_(std::make_unique<Bound>()) {
  try {
    bound_->kernel = guarded([&] { return variant.bind(variant, stage.view(), stage.machine()); });
    bound_->stopwatch = stage.make_stopwatch(
        [kernel = bound_->kernel.get()](kernels::RunContext& context) { kernel->run(context); });
  } catch (...) {
    if (stage.lost()) (void)bound_.release();
    throw;
  }
  const std::span<const Method> single = bound_->stopwatch->methods();
  methods_.assign(single.begin(), single.end());
  if (stage.rotates()) methods_.push_back(Method::rotated_graph);
}

KernelSession::~KernelSession() {
  if (stage_.lost()) (void)bound_.release();
}

std::optional<double> KernelSession::prepare() {
  kernels::Kernel& kernel = *bound_->kernel;
  if (!kernel.prepares_weights()) return std::nullopt;
  const auto stopwatch =
      stage_.make_stopwatch([&](kernels::RunContext& context) { kernel.prepare_weights(context); });
  const double seconds = guarded([&] { return stopwatch->measure(stopwatch->once()).seconds; });
  if (bound_->rotation) guarded([&] { bound_->rotation->prepare_weights(); });
  return seconds;
}

void KernelSession::settle(Method method) {
  if (!is_warm(method)) return stage_.sweep();
  guarded([&] { return bound_->stopwatch->measure(method); });
}

Sample KernelSession::run(Method method) {
  return guarded([&] { return measure(method); });
}

Sample KernelSession::measure(Method method) {
  if (method == Method::rotated_graph) return run_rotated();
  Sample sample = bound_->stopwatch->measure(method);
  if (method == methods_.front()) call_s_ = sample.seconds;
  return sample;
}

Sample KernelSession::run_rotated() {
  try {
    if (!bound_->rotation) {
      bound_->rotation = std::make_unique<Rotation>(stage_, *bound_->kernel);
      bound_->rotation->bind(variant_, call_s_);
    }
    return bound_->rotation->measure();
  } catch (const std::exception& error) {
    if (stage_.lost()) throw;
    bound_->rotation.reset();
    throw MethodUnavailable(error.what());
  }
}

}  // namespace nvfp4bench::place
