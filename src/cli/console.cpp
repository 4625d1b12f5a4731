#include "cli/console.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <sys/ioctl.h>

namespace nvfp4bench::cli {
namespace {

int g_stdout_errno = 0;  // of the first write that failed

void note_failure(std::FILE* stream) {
  if (stream == stdout && g_stdout_errno == 0) g_stdout_errno = errno != 0 ? errno : EIO;
}

}  // namespace

void open_standard_streams() {
  // In this order: open() takes the lowest descriptor that is free.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    if (::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
  }
}

void write(std::FILE* stream, std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) note_failure(stream);
}

bool understands_escapes(std::FILE* stream) {
  const char* const term = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && term != nullptr && *term != '\0' &&
         std::string_view(term) != "dumb";
}

int terminal_width(std::FILE* stream) {
  constexpr int kElsewhere = 100;
  winsize size{};
  const bool known = ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kElsewhere;
}

std::string_view first_columns(std::string_view text, int columns) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool begins_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins_character && columns-- <= 0) break;
  }
  return text.substr(0, end);
}

std::string stdout_error() {
  errno = 0;
  if (std::fflush(stdout) != 0) note_failure(stdout);
  return g_stdout_errno == 0 ? "" : std::strerror(g_stdout_errno);
}

}  // namespace nvfp4bench::cli
