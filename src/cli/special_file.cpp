#include "cli/special_file.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/interrupt.hpp"

namespace nvfp4bench::cli {
namespace {

constexpr int kLookMilliseconds = 50;

/// A reader that leaves is a failed write, not the end of this program.
class WithoutSigpipe {
 public:
  WithoutSigpipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~WithoutSigpipe() { std::signal(SIGPIPE, before_); }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  void (*before_)(int);
};

/// Opened without waiting, because a signal does not end the wait for a reader.
class Special {
 public:
  explicit Special(const std::filesystem::path& path) : path_(path) {}
  ~Special() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Special(const Special&) = delete;
  Special& operator=(const Special&) = delete;

  /// False: there is no reader yet.
  bool open() {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor_ < 0 && errno != ENXIO) fail();
    return descriptor_ >= 0;
  }

  /// Takes off what could be written.
  void write_some(std::string_view& text) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) return text.remove_prefix(static_cast<std::size_t>(written));
    if (errno != EAGAIN && errno != EINTR) fail();
    pollfd room{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    ::poll(&room, 1, kLookMilliseconds);
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error(fmt::format("cannot write {}: {}", path_.string(), std::strerror(errno)));
  }

  const std::filesystem::path& path_;
  int descriptor_ = -1;
};

}  // namespace

bool write_special(const std::filesystem::path& path, std::string_view text) {
  const WithoutSigpipe without_sigpipe;
  // A run that was interrupted before still has its report to deliver, to a reader that is there.
  const bool raised_before = InterruptFlag::raised();
  Special special(path);
  while (!special.open()) {
    if (InterruptFlag::raised()) return false;
    ::poll(nullptr, 0, kLookMilliseconds);
  }
  while (!text.empty()) {
    if (InterruptFlag::raised() && !raised_before) return false;
    special.write_some(text);
  }
  return true;
}

}  // namespace nvfp4bench::cli
