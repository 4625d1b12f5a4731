// Structs as JSON objects, both ways from one description. A function
//
//   void fields(auto& object, Is<Peak> auto& peak) { object.field("name", peak.name); ... }
//
// names every key once; given an ObjectWriter it writes them, given an ObjectReader it reads them back, strictly:
// every key that it names, and no other. JSON has no infinities and no NaN: those are "inf", "-inf" and "nan".
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "text/problem_fields.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::record {

template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

/// The values of an enum that fields() meets, as a span.
template <class Enum>
inline constexpr auto kAllOf = nullptr;

class ObjectWriter {
 public:
  using Json = nlohmann::ordered_json;

  /// The object of what fields() says of `value`.
  template <class Struct>
  static Json json_of(const Struct& value) {
    ObjectWriter object;
    fields(object, value);
    return std::move(object.json_);
  }

  void version(std::string_view key, int ours) { set(key, ours); }
  template <class T>
  void field(std::string_view key, const T& value) {
    set(key, json(value));
  }
  /// Null where it is empty, or not known.
  void or_null(std::string_view key, const std::string& value) {
    set(key, value.empty() ? Json() : Json(value));
  }
  void or_null(std::string_view key, double value, bool known) { set(key, known ? number(value) : Json()); }
  /// No such key where it is empty.
  void or_none(std::string_view key, const std::string& value) {
    if (!value.empty()) set(key, value);
  }
  void or_none(std::string_view key, const std::optional<float>& value) {
    if (value) set(key, *value);
  }
  /// No such key where it is `usual`.
  template <class T>
  void or_none(std::string_view key, const T& value, T usual) {
    if (value != usual) set(key, json(value));
  }
  template <class T>
  void or_none(std::string_view key, const std::optional<T>& value) {
    if (value) set(key, json(*value));
  }
  /// What follows from other fields: only written, by the value of `compute()`.
  template <class Compute>
  void derived(std::string_view key, const Compute& compute) {
    set(key, json(compute()));
  }
  /// Each element by `element_fields(object, element)`.
  template <class T, class ElementFields>
  void list(std::string_view key, const std::vector<T>& values, const ElementFields& element_fields) {
    Json array = Json::array();
    for (const T& value : values) {
      ObjectWriter object;
      element_fields(object, value);
      array.push_back(std::move(object.json_));
    }
    set(key, std::move(array));
  }
  /// By `value_fields(object, value)`; null where an optional is empty.
  template <class T, class ValueFields>
  void nested(std::string_view key, const T& value, const ValueFields& value_fields) {
    if constexpr (kIsOptional<T>) {
      if (!value) return set(key, nullptr);
      nested(key, *value, value_fields);
    } else {
      ObjectWriter object;
      value_fields(object, value);
      set(key, std::move(object.json_));
    }
  }
  /// What was read as `key` must satisfy this.
  void check(std::string_view, bool, std::string_view /*expected*/) {}

 private:
  static Json number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
  }

  template <class T>
  static Json json(const T& value) {
    if constexpr (std::same_as<T, double>) {
      return number(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::convertible_to<T, std::string>) {
      return value;
    } else if constexpr (std::is_enum_v<T>) {
      return to_string(value);
    } else if constexpr (kIsOptional<T>) {
      return value ? json(*value) : Json();
    } else if constexpr (kIsVector<T>) {
      Json array = Json::array();
      for (const auto& element : value) array.push_back(json(element));
      return array;
    } else {
      return json_of(value);
    }
  }

  void set(std::string_view key, Json value) { json_[std::string(key)] = std::move(value); }

  Json json_ = Json::object();
};

/// Errors are ConfigErrors that name the place.
class ObjectReader {
 public:
  template <class Struct>
  static void read(const text::Node& node, Struct& value) {
    read(node, value, [](ObjectReader& object, Struct& whole) { fields(object, whole); });
  }

  void version(std::string_view key, int ours) {
    const text::Node found = at(key);
    if (!found.value->is_number_integer()) found.fail_expected(fmt::format("{}", ours));
    if (*found.value != ours)
      found.fail(
          fmt::format("written in version {}, this program reads version {}", found.value->dump(), ours));
  }
  template <class T>
  void field(std::string_view key, T& value) {
    get(at(key), value);
  }
  void or_null(std::string_view key, std::string& value) {
    if (const text::Node found = at(key); !found.value->is_null()) get(found, value);
  }
  void or_null(std::string_view key, double& value, bool /*known*/) {
    if (const text::Node found = at(key); !found.value->is_null()) get(found, value);
  }
  void or_none(std::string_view key, std::string& value) {
    if (node_.has(key)) return get(at(key), value);
    known_.push_back(key);
  }
  void or_none(std::string_view key, std::optional<float>& value) {
    if (node_.has(key)) value = text::parse_alpha(at(key));
    known_.push_back(key);
  }
  template <class T>
  void or_none(std::string_view key, T& value, T /*usual*/) {
    if (node_.has(key)) return get(at(key), value);
    known_.push_back(key);
  }
  template <class T>
  void or_none(std::string_view key, std::optional<T>& value) {
    if (node_.has(key)) get(node_[key], value.emplace());
    known_.push_back(key);
  }
  template <class Compute>
  void derived(std::string_view key, const Compute&) {
    const text::Node found = at(key);
    double ignored = 0;
    if (!found.value->is_null()) get(found, ignored);
  }
  template <class T, class ElementFields>
  void list(std::string_view key, std::vector<T>& values, const ElementFields& element_fields) {
    const text::Node found = at(key);
    expect_list(found);
    for (std::size_t i = 0; i < found.value->size(); ++i)
      read(found[i], values.emplace_back(), element_fields);
  }
  template <class T, class ValueFields>
  void nested(std::string_view key, T& value, const ValueFields& value_fields) {
    const text::Node found = at(key);
    if constexpr (kIsOptional<T>) {
      if (found.value->is_null()) return;
      read(found, value.emplace(), value_fields);
    } else {
      read(found, value, value_fields);
    }
  }
  void check(std::string_view key, bool satisfied, std::string_view expected) {
    if (!satisfied) at(key).fail_expected(expected);
  }

 private:
  explicit ObjectReader(const text::Node& node) : node_(node) {
    if (!node.value->is_object()) node.fail_expected("an object");
  }

  template <class Struct, class StructFields>
  static void read(const text::Node& node, Struct& value, const StructFields& struct_fields) {
    ObjectReader object(node);
    struct_fields(object, value);
    node.expect_object(object.known_);
  }

  text::Node at(std::string_view key) {
    if (!node_.has(key)) node_.fail(fmt::format("expected a key \"{}\"", key));
    known_.push_back(key);
    return node_[key];
  }

  static void expect_list(const text::Node& node) {
    if (!node.value->is_array()) node.fail_expected("a list");
  }

  static double number(const text::Node& node) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (node.value->is_number()) return node.value->get<double>();
    if (*node.value == "inf") return kInfinity;
    if (*node.value == "-inf") return -kInfinity;
    if (*node.value != "nan") node.fail_expected("a number");
    return std::numeric_limits<double>::quiet_NaN();
  }

  template <class T>
  static T integer(const text::Node& node) {
    const bool fits = node.value->is_number_unsigned()
                          ? std::in_range<T>(node.value->get<uint64_t>())
                          : node.value->is_number_integer() && std::in_range<T>(node.value->get<int64_t>());
    if (!fits)
      node.fail_expected(fmt::format("an integer from {} to {}", +std::numeric_limits<T>::min(),
                                     +std::numeric_limits<T>::max()));
    return node.value->get<T>();
  }

  template <class T>
  static void get(const text::Node& node, T& value) {
    if constexpr (std::same_as<T, double>) {
      value = number(node);
    } else if constexpr (std::same_as<T, bool>) {
      if (!node.value->is_boolean()) node.fail_expected("true or false");
      value = node.value->get<bool>();
    } else if constexpr (std::same_as<T, std::string>) {
      if (!node.value->is_string()) node.fail_expected("a text");
      value = node.value->get<std::string>();
    } else if constexpr (std::is_integral_v<T>) {
      value = integer<T>(node);
    } else if constexpr (std::is_enum_v<T>) {
      value = text::parse_enum<T>(node, kAllOf<T>);
    } else if constexpr (kIsOptional<T>) {
      if (!node.value->is_null()) get(node, value.emplace());
    } else if constexpr (kIsVector<T>) {
      expect_list(node);
      for (std::size_t i = 0; i < node.value->size(); ++i) get(node[i], value.emplace_back());
    } else {
      read(node, value);
    }
  }

  text::Node node_;
  std::vector<std::string_view> known_;
};

}  // namespace nvfp4bench::record
