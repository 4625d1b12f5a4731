#include "record/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace nvfp4bench::record {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);

struct TypeRow {
  NpyType type;
  std::string_view descr;
  int64_t bytes;
};
constexpr std::array<TypeRow, 6> kTypes{{{NpyType::u8, "|u1", 1},
                                         {NpyType::u16, "<u2", 2},
                                         {NpyType::i64, "<i8", 8},
                                         {NpyType::f16, "<f2", 2},
                                         {NpyType::f32, "<f4", 4},
                                         {NpyType::f64, "<f8", 8}}};

const TypeRow& row_of(NpyType type) { return kTypes[static_cast<std::size_t>(type)]; }

/// Bytes of an array; nullopt if 64 bits do not hold that.
std::optional<int64_t> array_bytes(NpyType type, std::span<const int64_t> shape) {
  int64_t bytes = item_bytes(type);
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  }
  return bytes;
}

/// Reads the Python dict of the header: its three keys in any order, in either quotes, with any spaces.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  /// False where the header is not understood.
  bool parse(NpyArray& array) {
    if (!take("{")) return false;
    bool descr = false;
    bool order = false;
    bool shape = false;
    while (!take("}")) {
      std::string_view key;
      if (!take_string(key) || !take(":")) return false;
      bool* const seen = key == "descr"           ? &descr
                         : key == "fortran_order" ? &order
                         : key == "shape"         ? &shape
                                                  : nullptr;
      if (seen == nullptr || *seen) return false;
      *seen = true;
      if (!(seen == &descr   ? take_type(array.type)
            : seen == &order ? take("False")
                             : take_shape(array.shape)))
        return false;
      if (!take(",") && !next_is('}')) return false;
    }
    return descr && order && shape;
  }

 private:
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }

  bool next_is(char c) {
    skip_spaces();
    return rest_.starts_with(c);
  }

  bool take(std::string_view expected) {
    skip_spaces();
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool take_string(std::string_view& text) {
    const std::string_view quote = next_is('"') ? "\"" : "'";
    if (!take(quote)) return false;
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) return false;
    text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool take_type(NpyType& type) {
    std::string_view descr;
    if (!take_string(descr)) return false;
    const auto row =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeRow& r) { return r.descr == descr; });
    if (row == kTypes.end()) return false;
    type = row->type;
    return true;
  }

  bool take_shape(std::vector<int64_t>& shape) {
    if (!take("(")) return false;
    while (!take(")")) {
      int64_t size = 0;
      if (!take_number(size)) return false;
      shape.push_back(size);
      if (!take(",") && !next_is(')')) return false;
    }
    return true;
  }

  bool take_number(int64_t& number) {
    skip_spaces();
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc{} || number < 0) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }

  std::string_view rest_;
};

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", file.string(), what));
}

/// A header as messages show it: short, ASCII, on one line.
std::string shown(std::string header) {
  constexpr std::size_t kMaxShown = 200;
  header.erase(header.find_last_not_of(" \n") + 1);
  if (header.size() > kMaxShown) header.replace(kMaxShown, std::string::npos, "...");
  std::replace_if(
      header.begin(), header.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return header;
}

}  // namespace

std::string_view npy_descr(NpyType type) { return row_of(type).descr; }

int64_t item_bytes(NpyType type) { return row_of(type).bytes; }

void write_npy(const std::filesystem::path& file, NpyType type, std::span<const int64_t> shape,
               const void* data) {
  std::string sizes;
  for (const int64_t size : shape) sizes += fmt::format("{}, ", size);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", npy_descr(type), sizes);
  // Magic, two bytes of header length, the header and its newline fill a multiple of 64 bytes.
  const std::size_t unpadded = kMagic.size() + sizeof(uint16_t) + header.size() + 1;
  header += std::string((64 - unpadded % 64) % 64, ' ');
  header += '\n';

  std::ofstream out(file, std::ios::binary);
  if (!out) fail(file, "cannot be opened for writing");
  const auto length = static_cast<uint16_t>(header.size());
  out.write(kMagic.data(), static_cast<std::streamsize>(kMagic.size()));
  out.write(reinterpret_cast<const char*>(&length), sizeof length);
  out.write(header.data(), static_cast<std::streamsize>(header.size()));
  out.write(static_cast<const char*>(data), array_bytes(type, shape).value());
  out.close();
  if (!out) fail(file, "could not be written in full (is the disk full?)");
}

NpyArray read_npy(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) fail(file, "is a folder, expected a .npy file");
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(file, "no such file, or it cannot be read");
  std::array<char, kMagic.size()> magic{};
  uint16_t length = 0;
  in.read(magic.data(), magic.size());
  in.read(reinterpret_cast<char*>(&length), sizeof length);
  if (!in || std::string_view(magic.data(), magic.size()) != kMagic) {
    fail(file, "not a .npy file of format 1.0");
  }
  std::string header(length, '\0');
  if (!in.read(header.data(), length)) fail(file, "ends inside its .npy header");

  NpyArray array;
  if (!HeaderParser(header).parse(array)) {
    fail(file, fmt::format("expected a C-order array of |u1, <u2, <i8, <f2, <f4 or <f8, but the header is {}",
                           shown(header)));
  }
  const auto expected = array_bytes(array.type, array.shape);
  const auto start = in.tellg();
  in.seekg(0, std::ios::end);
  const int64_t present = in.tellg() - start;
  if (!expected || present != *expected) {
    fail(file, fmt::format("the header announces {} bytes of data, but {} follow it",
                           expected ? fmt::format("{}", *expected) : "over 2^63", present));
  }
  in.seekg(start);
  array.bytes = data::AlignedBuffer(static_cast<std::size_t>(*expected));
  if (!in.read(reinterpret_cast<char*>(array.bytes.data()), *expected))
    fail(file, "could not be read in full");
  return array;
}

}  // namespace nvfp4bench::record
