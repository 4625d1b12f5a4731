#include "text/strict_json.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "text/config_error.hpp"
#include "text/nearest.hpp"

namespace nvfp4bench::text {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxShown = 60;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

[[noreturn]] void fail_at(std::string_view origin, const json::json_pointer& pointer, std::string_view what) {
  std::string line = fmt::format("{}: ", origin);
  if (!pointer.empty()) line += pointer.to_string() + ": ";
  line += what;
  std::replace_if(line.begin(), line.end(), is_control, '?');
  throw ConfigError(line);
}

/// A value as messages show it: short, ASCII, on one line.
std::string shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return fmt::format("a list of {}", value.size());
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kMaxShown) text = text.substr(0, kMaxShown) + "...";
  return text;
}

/// Reads a document ahead of the parser: rejects keys given twice, of which the parsed tree would silently keep
/// the last, and deep nesting. (The parser would call back with the same events, but then looks through all
/// that it has of a list at the end of each element.)
class Walker : public nlohmann::json_sax<json> {
 public:
  explicit Walker(std::string_view origin) : origin_(origin) {}

  bool null() override { return end_value(); }
  bool boolean(bool) override { return end_value(); }
  bool number_integer(number_integer_t) override { return end_value(); }
  bool number_unsigned(number_unsigned_t) override { return end_value(); }
  bool number_float(number_float_t, const string_t&) override { return end_value(); }
  bool string(string_t&) override { return end_value(); }
  bool binary(binary_t&) override { return end_value(); }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    Container& object = open_.back();
    object.key = key;
    if (!object.keys.insert(key).second)
      fail_at(origin_, pointer().parent_pointer(), fmt::format("key {} is given twice", shown(key)));
    return true;
  }
  /// The parser will say it.
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  /// Of the value that is being read.
  json::json_pointer pointer() const {
    json::json_pointer result;
    for (const Container& container : open_)
      result = container.is_object ? result / container.key : result / container.index;
    return result;
  }

 private:
  struct Container {
    bool is_object = false;
    std::set<std::string> keys;
    std::string key;  // the latest
    std::size_t index = 0;
  };

  bool open(bool is_object) {
    if (open_.size() == kMaxDepth)
      fail_at(origin_, json::json_pointer(), fmt::format("nested more than {} levels deep", kMaxDepth));
    open_.push_back({.is_object = is_object, .keys = {}, .key = {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return end_value();
  }

  bool end_value() {
    if (!open_.empty()) ++open_.back().index;
    return true;
  }

  std::string_view origin_;
  std::vector<Container> open_;
};

/// "[json.exception.parse_error.101] parse error at line 1, column 2: ..." without what is of no use to the
/// user. The parser quotes the offending bytes, which need not be text.
std::string parser_message(const json::exception& error) {
  std::string text = error.what();
  text.erase(0, text.find("] ") + 2);
  for (const std::string_view prefix : {"parse error at ", "parse error: "})
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7e; }, '?');
  if (text.size() > 4 * kMaxShown) text = text.substr(0, 4 * kMaxShown) + "...";
  return text;
}

}  // namespace

void Node::fail(std::string_view what) const { fail_at(origin, pointer, what); }

void Node::fail_expected(std::string_view expected) const {
  fail(fmt::format("expected {}, got {}", expected, shown(*value)));
}

void Node::expect_object(std::span<const std::string_view> known) const {
  if (!value->is_object()) fail_expected("an object");
  for (const auto& [key, unused] : value->items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      fail("unknown key " + with_suggestion(key, known));
}

Node Node::operator[](std::string_view key) const {
  return {&value->at(std::string(key)), origin, pointer / std::string(key)};
}

Node Node::operator[](std::size_t index) const { return {&value->at(index), origin, pointer / index}; }

template <class T>
std::optional<T> Node::integer() const {
  if (value->is_number_float()) {
    // Every double that is integral and in the range of T is exactly a T; the bounds themselves are powers of
    // two, hence doubles.
    const double number = value->get<double>();
    const double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (std::trunc(number) != number || number < (std::is_signed_v<T> ? -end : 0) || number >= end)
      return std::nullopt;
    return static_cast<T>(number);
  }
  if (value->is_number_unsigned() && std::in_range<T>(value->get<uint64_t>()))
    return static_cast<T>(value->get<uint64_t>());
  if (value->is_number_integer() && !value->is_number_unsigned() && std::in_range<T>(value->get<int64_t>()))
    return static_cast<T>(value->get<int64_t>());
  return std::nullopt;
}

template std::optional<int64_t> Node::integer<int64_t>() const;
template std::optional<uint64_t> Node::integer<uint64_t>() const;

std::string Node::text(std::size_t max_length) const {
  if (!value->is_string()) fail_expected("a string");
  const std::string& text = value->get_ref<const std::string&>();
  const auto continues_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  const std::size_t length = text.size() - std::count_if(text.begin(), text.end(), continues_code_point);
  if (length == 0 || length > max_length || std::any_of(text.begin(), text.end(), is_control))
    fail_expected(fmt::format("1 to {} characters on one line", max_length));
  return text;
}

std::string read_file(const std::filesystem::path& path, const FileLimit& limit) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw ConfigError(path.string() + ": is a folder; expected a JSON file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  // Not the size that the file system gives: a pipe has none.
  std::string text;
  for (std::size_t size = 0; file && size <= limit.bytes; size = text.size()) {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    text.resize(std::min(size + kPiece, limit.bytes + 1));
    file.read(text.data() + size, static_cast<std::streamsize>(text.size() - size));
    text.resize(size + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw ConfigError(path.string() + ": cannot be read");
  return text;
}

nlohmann::json parse_json(std::string_view text, std::string_view origin, const FileLimit& limit) {
  if (text.size() > limit.bytes)
    fail_at(origin, json::json_pointer(),
            fmt::format("larger than {} MiB, which no {} needs", limit.bytes >> 20, limit.whose));
  Walker walker(origin);
  json::sax_parse(text, &walker);  // stops at what is wrong, which the parser then says
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    fail_at(origin, json::json_pointer(), parser_message(error));
  } catch (const json::exception& error) {  // a number beyond double
    fail_at(origin, walker.pointer(), parser_message(error));
  }
}

std::string with_suggestion(std::string_view name, std::span<const std::string_view> candidates) {
  std::string text = shown(json(name));
  const std::string suggestion = did_you_mean(name, candidates);
  text += suggestion.empty() ? fmt::format("; expected one of: {}", fmt::join(candidates, ", ")) : suggestion;
  return text;
}

}  // namespace nvfp4bench::text
