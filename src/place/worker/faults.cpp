#include "place/worker/faults.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <ucontext.h>

namespace nvfp4bench::place {
namespace {

constexpr std::array kFaults{SIGSEGV, SIGBUS, SIGILL, SIGFPE};

std::span<char> g_last_words;
std::atomic<const Brought*> g_brought = nullptr;

/// Whether the access that faulted was a write; where that is not known, it was not.
bool was_write([[maybe_unused]] const void* context) {
#if defined(__x86_64__)
  constexpr greg_t kWrite = 2;  // of a page fault's error code
  return (static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & kWrite) != 0;
#else
  return false;
#endif
}

void on_fault(int signal, siginfo_t* info, void* context) {
  const Brought* const brought = g_brought;
  if (brought && (signal == SIGSEGV || signal == SIGBUS)) {
    const std::span<char> room = g_last_words.first(g_last_words.size() - 1);  // and a zero after it
    const std::string_view words = brought->explain(info->si_addr, was_write(context), room);
    if (words.data() != room.data()) std::memcpy(room.data(), words.data(), words.size());
  }
  std::signal(signal, SIG_DFL);  // and the instruction is run again
}

}  // namespace

void leave_last_words(std::span<char> last_words) {
  g_last_words = last_words;
  static std::array<char, 64 * 1024> stack;  // the one that overflowed is of no use
  stack_t alternative{};
  alternative.ss_sp = stack.data();
  alternative.ss_size = stack.size();
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  bool done = sigaltstack(&alternative, nullptr) == 0;
  for (const int signal : kFaults) done = done && sigaction(signal, &action, nullptr) == 0;
  if (!done) throw std::system_error(errno, std::generic_category(), "watching for faults");
}

void explain_faults_by(const Brought* brought) { g_brought = brought; }

}  // namespace nvfp4bench::place
