#include "config/problem_set.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <type_traits>

#include <fmt/format.h>

#include "data/fill.hpp"
#include "model/work.hpp"
#include "text/problem_fields.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::config {
namespace {

using text::Node;

constexpr std::size_t kMaxGroups = 4096;

using Keys = std::span<const std::string_view>;
constexpr std::array<std::string_view, 3> kSetKeys = {"$schema", "description", "problems"};
constexpr std::array<std::string_view, 16> kProblemKeys = {
    "$schema", "name", "description", "op", "output", "fill", "seed",   "pad_scales",
    "groups",  "g",    "m",           "n",  "k",      "l",    "alpha1", "alpha2"};
constexpr std::array<std::string_view, 6> kGroupKeys = {"m", "n", "k", "l", "alpha1", "alpha2"};
constexpr std::array<std::string_view, 5> kSizeKeys = {"g", "m", "n", "k", "l"};  // of the shorthand alone

int64_t parse_integer(const Node& node, int64_t at_least) {
  const std::optional<int64_t> value = node.integer<int64_t>();
  if (!value || *value < at_least) node.fail_expected(fmt::format("an integer of at least {}", at_least));
  return *value;
}

int64_t parse_m(const Node& node) { return parse_integer(node, 0); }
int64_t parse_n_or_l(const Node& node) { return parse_integer(node, 1); }

int64_t parse_k(const Node& node) {
  const std::optional<uint64_t> k = node.integer<uint64_t>();
  if (!k || *k == 0 || *k % kScaleBlock != 0) node.fail_expected("a positive multiple of 16");
  if (*k > uint64_t{kMaxK})
    node.fail_expected(fmt::format("a multiple of 16 up to {}, for which sums are exact", kMaxK));
  return static_cast<int64_t>(*k);
}

std::string parse_fill(const Node& node) {
  const std::string name = node.text(text::kMaxNameLength);
  if (data::find_fill(name)) return name;
  std::vector<std::string_view> names;
  for (const data::FillInfo& fill : data::fills()) names.push_back(fill.name);
  node.fail("unknown fill " + text::with_suggestion(name, names));
}

/// A number, or a list of them, of the published shorthand.
template <typename Parse>
auto parse_list(const Node& node, Parse parse) {
  std::vector<std::invoke_result_t<Parse, const Node&>> list;
  if (!node.value->is_array()) {
    list.push_back(parse(node));
    return list;
  }
  const std::size_t size = node.value->size();
  if (size == 0 || size > kMaxGroups) node.fail_expected(fmt::format("1 to {} values", kMaxGroups));
  for (std::size_t i = 0; i < size; ++i) list.push_back(parse(node[i]));
  return list;
}

/// The published shorthand: sizes as numbers or lists, numbers for as many groups as the longest list has, or
/// as g says.
class Shorthand {
 public:
  explicit Shorthand(const Node& problem) : problem_(problem) {
    for (const std::string_view key : kGroupKeys) {
      if (!problem.has(key) || !problem[key].value->is_array()) continue;
      if (problem[key].value->size() > count_) {
        count_ = problem[key].value->size();
        longest_ = key;
      }
    }
  }

  std::vector<Group> parse() const {
    for (const std::string_view key : {"m", "n", "k"})
      if (!problem_.has(key))
        problem_.fail(fmt::format("expected \"groups\", or m, n and k; no {} given", key));
    std::vector<Group> groups(num_groups());
    set(groups, "m", &Group::m, parse_m);
    set(groups, "n", &Group::n, parse_n_or_l);
    set(groups, "k", &Group::k, parse_k);
    if (problem_.has("l")) set(groups, "l", &Group::l, parse_n_or_l);
    return groups;
  }

 private:
  std::size_t num_groups() const {
    if (!problem_.has("g")) return std::min(count_, kMaxGroups);
    const Node g = problem_["g"];
    const int64_t wanted = parse_integer(g, 1);
    if (wanted > int64_t{kMaxGroups}) g.fail_expected(fmt::format("1 to {} groups", kMaxGroups));
    if (count_ > 1 && wanted != static_cast<int64_t>(count_))
      g.fail_expected(fmt::format("{}, the length of the longest list", count_));
    return static_cast<std::size_t>(wanted);
  }

  void set(std::vector<Group>& groups, std::string_view key, int64_t Group::*size,
           int64_t (*parse_size)(const Node&)) const {
    const Node node = problem_[key];
    const std::vector<int64_t> list = parse_list(node, parse_size);
    if (list.size() != 1 && list.size() != groups.size())
      node.fail_expected(fmt::format("1 or {} values, as many as {} has", groups.size(), longest_));
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i].*size = list[list.size() == 1 ? 0 : i];
  }

  const Node& problem_;
  std::size_t count_ = 1;
  std::string_view longest_ = "m";
};

Group parse_group(const Node& node) {
  node.expect_object(kGroupKeys);
  for (const std::string_view key : {"m", "n", "k"})
    if (!node.has(key)) node.fail(fmt::format("expected m, n and k; no {} given", key));
  Group group;
  group.m = parse_m(node["m"]);
  group.n = parse_n_or_l(node["n"]);
  group.k = parse_k(node["k"]);
  if (node.has("l")) group.l = parse_n_or_l(node["l"]);
  if (node.has("alpha1")) group.alpha1 = text::parse_alpha(node["alpha1"]);
  if (node.has("alpha2")) group.alpha2 = text::parse_alpha(node["alpha2"]);
  return group;
}

std::vector<Group> parse_groups(const Node& problem) {
  if (!problem.has("groups")) return Shorthand(problem).parse();
  for (const std::string_view key : kSizeKeys)
    if (problem.has(key)) problem[key].fail("sizes are given twice: here and in \"groups\"");
  const Node list = problem["groups"];
  const std::size_t size = list.value->is_array() ? list.value->size() : 0;
  if (size == 0 || size > kMaxGroups) list.fail_expected(fmt::format("a list of 1 to {} groups", kMaxGroups));
  std::vector<Group> groups;
  for (std::size_t i = 0; i < size; ++i) groups.push_back(parse_group(list[i]));
  return groups;
}

/// A problem's alpha is for the groups that give none themselves.
void apply_alpha(const Node& problem, std::string_view key, std::optional<float> Group::*alpha,
                 std::vector<Group>& groups) {
  if (!problem.has(key)) return;
  const Node node = problem[key];
  const std::vector<float> list = parse_list(node, text::parse_alpha);
  if (list.size() != 1 && list.size() != groups.size())
    node.fail_expected(fmt::format("1 or {} values, as many as there are groups", groups.size()));
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (!(groups[i].*alpha)) groups[i].*alpha = list[list.size() == 1 ? 0 : i];
}

void check_sizes(const Node& node, const std::vector<Group>& groups) {
  double bound = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group& g = groups[i];
    bound += bound_of_counts(g);
    if (bound < kMaxCounts) continue;
    const Node place = node.has("groups") ? node["groups"][i] : node;
    place.fail(
        fmt::format("expected sizes whose bytes and flops, summed over groups, fit 64 bits; "
                    "group {} has m {}, n {}, k {}, l {}",
                    i, g.m, g.n, g.k, g.l));
  }
}

Problem parse_problem(const Node& node, std::string_view default_name) {
  node.expect_object(kProblemKeys);
  Problem problem;
  problem.name = default_name;
  text::parse_problem_fields(node, problem);
  if (node.has("fill")) problem.fill = parse_fill(node["fill"]);
  problem.groups = parse_groups(node);
  apply_alpha(node, "alpha1", &Group::alpha1, problem.groups);
  apply_alpha(node, "alpha2", &Group::alpha2, problem.groups);
  check_sizes(node, problem.groups);
  return problem;
}

/// The file's stem, in characters that are safe in reports and file names.
std::string name_after(const std::string& origin) {
  std::string name = std::filesystem::path(origin).stem().string().substr(0, text::kMaxNameLength - 10);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c <= ' ' || c > '~' || c == '/'; }, '_');
  return name.empty() ? "problem" : name;
}

}  // namespace

std::vector<Problem> parse_problem_set(std::string_view json, const std::string& origin) {
  const nlohmann::json document = text::parse_json(json, origin);
  const Node root{.value = &document, .origin = origin};
  const std::string stem = name_after(origin);
  if (!document.is_object()) root.fail_expected("a problem, or an object with \"problems\"");
  if (!root.has("problems")) return {parse_problem(root, stem)};

  root.expect_object(kSetKeys);
  const Node list = root["problems"];
  if (!list.value->is_array() || list.value->empty()) list.fail_expected("a list of at least one problem");
  std::vector<Problem> problems;
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.value->size(); ++i) {
    problems.push_back(parse_problem(list[i], fmt::format("{}_{}", stem, i)));
    if (!names.insert(problems.back().name).second)
      list[i].fail(fmt::format("a second problem named \"{}\"", problems.back().name));
  }
  return problems;
}

std::vector<Problem> load_problem_set(const std::filesystem::path& path) {
  return parse_problem_set(text::read_file(path), path.string());
}

}  // namespace nvfp4bench::config
