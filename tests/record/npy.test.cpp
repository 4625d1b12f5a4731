#include "record/npy.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "temporary_directory.hpp"

using namespace nvfp4bench::record;

namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("an array is written byte for byte as NumPy's save writes it, up to a trailing comma") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "x.npy";
  const std::array<int64_t, 2> shape{2, 3};
  const std::array<float, 6> values{0, 1, 2, 3, 4, 5};
  write_npy(file, NpyType::f32, shape, values.data());

  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, ), }";
  expected.resize(127, ' ');
  expected += '\n';
  expected.append(reinterpret_cast<const char*>(values.data()), sizeof values);
  CHECK(contents(file) == expected);
}

TEST_CASE("every type comes back as it was written, whatever its shape") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "x.npy";
  std::array<uint8_t, 96> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<uint8_t>(i * 37);
  for (const NpyType type :
       {NpyType::u8, NpyType::u16, NpyType::i64, NpyType::f16, NpyType::f32, NpyType::f64}) {
    for (const std::vector<int64_t>& shape :
         std::vector<std::vector<int64_t>>{{}, {12}, {3, 4}, {1, 2, 6}, {2, 0, 3}}) {
      CAPTURE(npy_descr(type), shape);
      write_npy(file, type, shape, values.data());
      const NpyArray array = read_npy(file);
      CHECK(array.type == type);
      CHECK(array.shape == shape);
      std::size_t size = static_cast<std::size_t>(item_bytes(type));
      for (const int64_t extent : shape) size *= static_cast<std::size_t>(extent);
      REQUIRE(array.bytes.size() == size);
      CHECK((size == 0 || std::memcmp(array.bytes.data(), values.data(), size) == 0));
    }
  }
}

TEST_CASE("what NumPy writes is read, spelled without the trailing comma") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "x.npy";
  for (const std::string shape : {"(4,)", "(2, 2)", "(1, 4)"}) {
    std::string text = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
    text.resize(117, ' ');
    write(file, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text + "\nABCD");
    CAPTURE(shape);
    const NpyArray array = read_npy(file);
    CHECK(array.bytes.data()[3] == 'D');
  }
}

TEST_CASE("the keys of a header may come in any order, in either quotes, with any spaces") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "x.npy";
  for (const std::string header : {
           "{'shape': (2, 2), 'descr': '|u1', 'fortran_order': False}",
           "{'fortran_order':False,'shape':(2,2),'descr':'|u1'}",
           R"( { "descr" : "|u1" , "shape" : ( 2 , 2 , ) , "fortran_order" : False , } )",
       }) {
    std::string text = header;
    text.resize(117, ' ');
    write(file, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text + "\nABCD");
    CAPTURE(header);
    const NpyArray array = read_npy(file);
    CHECK(array.type == NpyType::u8);
    CHECK(array.shape == std::vector<int64_t>{2, 2});
    CHECK(array.bytes.data()[3] == 'D');
  }
}

TEST_CASE("a file that is no such array is refused by name and reason") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "bad.npy";
  const std::array<int64_t, 1> shape{4};
  write_npy(file, NpyType::u8, shape, "ABCD");
  const std::string good = contents(file);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };

  const std::vector<std::pair<std::string, std::string>> cases{
      {good.substr(0, 5), "not a .npy file"},
      {"PK" + good, "not a .npy file"},
      {good.substr(0, 40), "ends inside its .npy header"},
      {good.substr(0, good.size() - 1), "announces 4 bytes of data, but 3 follow"},
      {good + "E", "announces 4 bytes of data, but 5 follow"},
      {replaced("|u1", "<c8"), "expected a C-order array"},
      {replaced("|u1", ">f2"), "expected a C-order array"},
      {replaced("False", "True "), "expected a C-order array"},
      {replaced("(4, )", "(-4,)"), "expected a C-order array"},
      {replaced("'fortran_order'", "'descr':'|u1' "), "expected a C-order array"},
      {replaced("'shape'", "'shapf'"), "expected a C-order array"},
      {replaced("'shape': (4, ), ", "                "), "expected a C-order array"},
      {replaced("descr", "\x1b[2Jd"), "but the header is {'?[2Jd'"},
      {replaced("(4, ), }" + std::string(19, ' '), "(9999999999, 9999999999), }"),
       "announces over 2^63 bytes"},
      {replaced("'descr': '|u1'", "'des\ncr\x1b\xff|u1'"),
       "but the header is {'des?cr??|u1', 'fortran_order'"},
      {std::string("\x93NUMPY\x01\x00\x2c\x01", 10) + std::string(300, 'F'),
       "the header is " + std::string(200, 'F') + "..."},
  };
  for (const auto& [text, reason] : cases) {
    CAPTURE(reason);
    write(file, text);
    const std::string message = message_of([&] { read_npy(file); });
    CHECK(message.find("bad.npy: ") != std::string::npos);
    CHECK(message.find(reason) != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
  CHECK(message_of([&] { read_npy(directory.path() / "absent.npy"); }).find("absent.npy: no such file") !=
        std::string::npos);
}

TEST_CASE("a file that cannot be written is reported by name") {
  const std::array<int64_t, 1> shape{1};
  CHECK(message_of([&] { write_npy("/nonexistent/x.npy", NpyType::u8, shape, "A"); }) ==
        "/nonexistent/x.npy: cannot be opened for writing");
}
