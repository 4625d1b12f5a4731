#include "cli/progress.hpp"

#include <cstdio>

#include "cli/console.hpp"

namespace nvfp4bench::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kSlow = std::chrono::seconds(1);
constexpr auto kRedraw = std::chrono::milliseconds(250);

}  // namespace

Progress::Progress(bool enabled, bool terminal)
    : enabled_(enabled), terminal_(terminal), since_(Clock::now()) {
  if (enabled_) watcher_ = std::thread([this] { watch(); });
}

Progress::~Progress() {
  if (!enabled_) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_one();
  watcher_.join();
  clear();
}

void Progress::step(std::string_view name, std::string_view detail) {
  if (!enabled_) return;
  const std::lock_guard lock(mutex_);
  if (name != name_) {
    name_ = name;
    since_ = Clock::now();
  }
  detail_ = detail;
}

void Progress::done() {
  if (!enabled_) return;
  const std::lock_guard lock(mutex_);
  name_.clear();
  clear();
}

void Progress::watch() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    wake_.wait_for(lock, kRedraw);
    const auto age = Clock::now() - since_;
    if (ended_ || name_.empty() || age < kSlow) continue;
    if (terminal_) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
      print(stderr, "\r\033[K{}",
            first_columns(fmt::format("[{} s] {}{}{}", seconds, name_, detail_.empty() ? "" : ": ", detail_),
                          terminal_width(stderr) - 1));
      std::fflush(stderr);
      drawn_ = true;
    } else if (printed_ != name_) {
      print(stderr, "{} ...\n", name_);
      printed_ = name_;
    }
  }
}

void Progress::clear() {
  if (!drawn_) return;
  print(stderr, "\r\033[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace nvfp4bench::cli
