#include "place/rotation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace nvfp4bench::place {
namespace {

constexpr int64_t kMinCopies = 2;
constexpr int64_t kMaxCopies = 8;
constexpr int64_t kTimesL2 = 3;

/// What one sample should take at least: many calls, so that its beginning and its end count for little.
constexpr double kSample_s = 1.5e-3;

}  // namespace

int64_t copies_to_rotate(int64_t operand_bytes, int64_t l2_bytes) {
  if ((kMaxCopies - 1) * operand_bytes <= l2_bytes) return 1;
  const int64_t enough = (kTimesL2 * l2_bytes + operand_bytes - 1) / operand_bytes;
  return std::clamp(enough, kMinCopies, kMaxCopies);
}

void Rotation::bind(const kernels::Variant& variant, double call_s) {
  copies_ = stage_.copy_operands();
  if (copies_.views.empty()) throw std::runtime_error("too little memory for copies of the operands");
  for (const ProblemView& copy : copies_.views)
    order_.push_back(twins_.emplace_back(variant.bind(variant, copy, stage_.machine())).get());
  order_.push_back(&kernel_);
  const double round_s = call_s * static_cast<double>(order_.size());
  rounds_ = std::max(1, static_cast<int>(std::ceil(kSample_s / round_s)));
  prepare_weights();
}

void Rotation::prepare_weights() {
  if (!kernel_.prepares_weights()) return;
  const auto stopwatch = stage_.make_stopwatch([&](kernels::RunContext& context) {
    for (const auto& twin : twins_) twin->prepare_weights(context);
  });
  (void)stopwatch->measure(stopwatch->once());
}

Sample Rotation::measure() {
  std::shuffle(order_.begin(), order_.end(), random_);
  stopwatch_ = stage_.make_stopwatch([this](kernels::RunContext& context) {
    for (int round = 0; round < rounds_; ++round) {
      for (kernels::Kernel* kernel : order_) kernel->run(context);
    }
  });
  Sample sample = stopwatch_->measure(Method::rotated_graph);
  sample.seconds /= static_cast<double>(rounds_) * static_cast<double>(order_.size());
  return sample;
}

}  // namespace nvfp4bench::place
