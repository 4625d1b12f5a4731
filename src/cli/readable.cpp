#include "cli/readable.hpp"

#include <algorithm>

namespace nvfp4bench::cli {
namespace {

/// Longer than paths are; shorter than a screen.
constexpr std::size_t kLongestWord = 300;
constexpr std::size_t kLongestMessage = 2000;

bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Both ends of a text that is longer than `longest`, cut between characters of UTF-8.
std::string ends_of(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return std::string(text);
  std::size_t head = longest / 2;
  std::size_t tail = text.size() - longest / 4;
  while (head > 0 && is_inside_character(text[head])) --head;
  while (tail < text.size() && is_inside_character(text[tail])) ++tail;
  return std::string(text.substr(0, head)) + "..." + std::string(text.substr(tail));
}

}  // namespace

std::string readable(std::string_view message) {
  std::string text;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find(' '), message.size());
    text += ends_of(message.substr(0, end), kLongestWord);
    if (end < message.size()) text += ' ';
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  text = ends_of(text, kLongestMessage);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      '?');
  return text;
}

}  // namespace nvfp4bench::cli
