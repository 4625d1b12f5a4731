// The standard streams. Printing never throws: a terminal that has gone away must not take a run with it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace nvfp4bench::cli {

/// Puts /dev/null where descriptor 0, 1 or 2 is closed, so that no file that is opened later becomes one of
/// them and gets what was meant for the user. It is opened such that using it fails: output that cannot be
/// written stays an error.
void open_standard_streams();

void write(std::FILE* stream, std::string_view text);

template <class... Args>
void print(std::FILE* stream, fmt::format_string<Args...> text, Args&&... args) {
  write(stream, fmt::format(text, std::forward<Args>(args)...));
}

/// A terminal that understands escape codes: TERM says so, and is not "dumb".
bool understands_escapes(std::FILE* stream);

/// Columns of the terminal that `stream` is; 100 where it is none, or has no size.
int terminal_width(std::FILE* stream);

/// As much of the text as fits, cut between characters of UTF-8.
std::string_view first_columns(std::string_view text, int columns);

/// Flushes stdout; why some of what was written there is lost, or empty.
std::string stdout_error();

}  // namespace nvfp4bench::cli
