// Strict JSON: a tree whose nodes know where they stand, so that every error can name its place.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace nvfp4bench::text {

/// Bounds on hostile input; honest problem sets are a few kilobytes and four levels deep.
struct FileLimit {
  std::size_t bytes = 0;
  std::string_view whose;  // "problem set": no honest one needs more
};
inline constexpr FileLimit kProblemSetLimit{std::size_t{4} << 20, "problem set"};
inline constexpr std::size_t kMaxDepth = 16;

/// A value of a document. The document and `origin` outlive it.
struct Node {
  const nlohmann::json* value = nullptr;
  std::string_view origin;
  nlohmann::json::json_pointer pointer{};

  /// Throws ConfigError: "origin: pointer: what", on one line.
  [[noreturn]] void fail(std::string_view what) const;
  /// fail("expected EXPECTED, got VALUE").
  [[noreturn]] void fail_expected(std::string_view expected) const;

  /// Fails unless this is an object with no other keys than `known`.
  void expect_object(std::span<const std::string_view> known) const;

  bool has(std::string_view key) const { return value->contains(key); }
  Node operator[](std::string_view key) const;
  Node operator[](std::size_t index) const;

  /// The value if it is an integer, however JSON spells it: 16, 16.0 and 1.6e1 are one number. T is int64_t or
  /// uint64_t; what does not fit is none.
  template <class T>
  std::optional<T> integer() const;

  /// Without control characters, at most `max_length` code points.
  std::string text(std::size_t max_length) const;
};

/// One byte more than `limit` at most, so that parse_json sees it. Throws ConfigError.
std::string read_file(const std::filesystem::path& path, const FileLimit& limit = kProblemSetLimit);

/// Parses `text`. Throws ConfigError on syntax errors (with line and column), text that is not UTF-8, keys
/// given twice in an object, and documents larger or deeper than the bounds above.
nlohmann::json parse_json(std::string_view text, std::string_view origin,
                          const FileLimit& limit = kProblemSetLimit);

/// `name` in quotes, with what it was probably meant to be: `"gaus" (did you mean 'gauss'?)`, or, if nothing is
/// near, all the candidates.
std::string with_suggestion(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace nvfp4bench::text
