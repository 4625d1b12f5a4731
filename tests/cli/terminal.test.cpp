// What is printed to a terminal: no wider than it is, and escape codes only where it understands them.
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <vector>

#include <sys/ioctl.h>

#include "report/text_table.hpp"
#include "tool.hpp"

using namespace tool;

namespace {

/// All that the program prints to a terminal of so many columns, stdout and stderr.
std::string run_on_terminal(const std::string& arguments, unsigned short columns, const char* term) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  REQUIRE(::grantpt(terminal) == 0);
  REQUIRE(::unlockpt(terminal) == 0);
  const std::string name = ::ptsname(terminal);
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    const int stream = ::open(name.c_str(), O_RDWR);
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(stream, TIOCSWINSZ, &size);
    ::dup2(stream, STDOUT_FILENO);
    ::dup2(stream, STDERR_FILENO);
    ::setenv("TERM", term, 1);
    const std::string script =
        "cd '" + scratch().string() + "' && exec \"" NVFP4BENCH_BINARY "\" " + arguments;
    ::execl("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  std::string text;
  // The end of the last process that has it open is an error here; before the first opens it, too.
  std::array<char, 4096> buffer;
  int status = 0;
  for (bool alive = true; alive;) {
    alive = ::waitpid(pid, &status, WNOHANG) == 0;
    for (ssize_t n; (n = ::read(terminal, buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(n));
    if (alive) ::usleep(10'000);
  }
  ::close(terminal);
  CHECK(WEXITSTATUS(status) == 0);
  return text;
}

/// Without escape codes; what is drawn in place of something else is a line, too.
std::vector<std::string> lines_of(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      while (i < text.size() && (std::isalpha(static_cast<unsigned char>(text[i])) == 0)) ++i;
    } else {
      plain += text[i] == '\r' ? '\n' : text[i];
    }
  }
  std::istringstream stream(plain);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void check_no_wider(const std::string& text, int columns) {
  for (const std::string& line : lines_of(text)) {
    CAPTURE(columns, line);
    CHECK(nvfp4bench::report::display_width(line) <= columns);
  }
}

}  // namespace

TEST_CASE("runs, plans and lists are no wider than the terminal, down to 40 columns") {
  write("al.json", R"({"fill": "gauss", "alpha1": 0.02, "m": 8, "n": 64, "k": 4096, "output": "f32"})");
  for (const int columns : {40, 60, 79, 120}) {
    const auto size = static_cast<unsigned short>(columns);
    for (const char* arguments :
         {"plan -c al.json", "list variants", "list configs", "list fills", "--config al.json --samples 7"}) {
      CAPTURE(arguments);
      const std::string text = run_on_terminal(arguments, size, "xterm");
      CHECK(text.size() > 100);
      check_no_wider(text, std::min(columns, 100) + (columns > 100 ? 20 : 0));
    }
  }
}

TEST_CASE("lists stop at 100 columns, however wide the terminal") {
  check_no_wider(run_on_terminal("list variants", 240, "xterm"), 100);
  check_no_wider(run_on_terminal("list configs", 240, "xterm"), 100);
}

TEST_CASE("progress is no wider than the terminal, and a dumb terminal gets no escape codes") {
  write("long_name.json",
        R"({"problems": [{"name": "a_problem_with_a_name_of_some_length", "m": 1, "n": 8, "k": 16},
                                           {"m": 1, "n": 8, "k": 16}]})");
  const std::string run = "--config long_name.json --variants cpu/two_pass --min-time 1.6 --max-time 1.6";
  const std::string drawn = run_on_terminal(run, 40, "xterm");
  CHECK(contains(drawn, "\033[K[1 s] problem 1 of 2"));
  check_no_wider(drawn, 40);
  const std::string dumb = run_on_terminal(run, 80, "dumb");
  CHECK(contains(dumb, "problem 1 of 2"));
  CHECK_FALSE(contains(dumb, "\033"));
}
