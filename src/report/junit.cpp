// JUnit XML for CI dashboards: one testsuite a problem, one testcase a variant. What is wrong, mistrusted or
// rejected is a failure; a skipped variant is skipped, never passed.
#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "report/report.hpp"

namespace nvfp4bench::report {
namespace {

/// Length of the UTF-8 sequence of a character that XML 1.0 allows at the start of `text`, or 0.
std::size_t xml_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  uint32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = code < (size == 2 ? 0x80U : size == 3 ? 0x800U : 0x10000U);
  const bool forbidden =
      (code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF;
  return overlong || forbidden ? 0 : size;
}

/// Safe in attributes; what XML cannot hold becomes U+FFFD.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = xml_character(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    if (size == 0) {
      out += "\xEF\xBF\xBD";
    } else if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else if (character == "\n" || character == "\r" || character == "\t") {
      out += fmt::format("&#{};", static_cast<int>(character[0]));  // else a parser makes it a space
    } else {
      out += character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

/// The element that a status is, or empty for passed.
std::string_view outcome(Status status) {
  switch (status) {
    case Status::passed:
      return "";
    case Status::pending:
    case Status::skipped:
      return "skipped";
    case Status::errored:
      return "error";
    case Status::failed:
    case Status::mistrusted:
    case Status::rejected:
      return "failure";
  }
  return "error";
}

/// Duration of a case or suite, which is not what its kernel takes.
std::string time_attribute(double seconds) { return fmt::format(" time=\"{:.6f}\"", seconds); }

std::string testcase(const ProblemResult& p, const VariantResult& v) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(p.problem.name), escaped(v.variant));
  if (v.elapsed_s) out += time_attribute(*v.elapsed_s);
  const std::string_view element = outcome(v.status);
  if (element.empty()) return out + "/>\n";
  const std::string type = element == "skipped" ? "" : fmt::format(" type=\"{}\"", to_string(v.status));
  return out + fmt::format(">\n      <{}{} message=\"{}\"/>\n    </testcase>\n", element, type,
                           v.status == Status::pending ? "not finished" : escaped(v.reason));
}

std::string testsuite(const ProblemResult& p) {
  const auto number_of = [&](std::string_view element) {
    return std::count_if(p.variants.begin(), p.variants.end(),
                         [&](const VariantResult& v) { return outcome(v.status) == element; });
  };
  double elapsed_s = 0;
  for (const VariantResult& v : p.variants) elapsed_s += v.elapsed_s.value_or(0);
  std::string out =
      fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"{}>\n",
                  escaped(p.problem.name), p.variants.size(), number_of("failure"), number_of("error"),
                  number_of("skipped"), time_attribute(elapsed_s));
  for (const VariantResult& v : p.variants) out += testcase(p, v);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string junit(const RunResult& run) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"nvfp4bench\">\n";
  for (const ProblemResult& p : run.problems) out += testsuite(p);
  return out + "</testsuites>\n";
}

}  // namespace nvfp4bench::report
