#include "cli/interrupt.hpp"

#include <csignal>

namespace nvfp4bench::cli {
namespace {

volatile std::sig_atomic_t g_raised = 0;

void on_signal(int signal) {
  g_raised = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptFlag::InterruptFlag() {
  g_raised = 0;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  // nohup has it ignored, and means it.
  if (std::signal(SIGHUP, on_signal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

InterruptFlag::~InterruptFlag() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (std::signal(SIGHUP, SIG_DFL) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

bool InterruptFlag::raised() { return g_raised != 0; }

}  // namespace nvfp4bench::cli
