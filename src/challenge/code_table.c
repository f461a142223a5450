/* Small programs and data in several languages.  x, y and z are identifiers, n a number;
 * {{ and }} print braces. */
#include "challenge/tables.h"

const pot_rule pot_code_rules[] = {
    POT_TEXTS("genre", "{py_open}{@py_more}", "{c_open}{@c_more}", "{js_open}{@js_more}",
              "{sql_open}{@sql_more}", "{sh_open}{@sh_more}", "{rs_open}{@rs_more}",
              "{json_open}{@json_more}\n]", "{yaml_open}{@yaml_more}", "{toml_open}{@toml_more}",
              "{go_open}{@go_more}"),

    /* --- Python ---------------------------------------------------------------------------- */
    POT_TEXTS("py_open",
              "def {verb}_{noun}({x=noun}, {y=noun~x}={12-998}):\n    \"\"\"{^verb} the {noun} of "
              "{town}.\"\"\"\n    return {x}.{noun} + {y} * {2-99}",
              "from {noun}s import {verb}_{noun}, {verb}_{noun}\n\n{x=noun}_{noun} = "
              "{1000-99999}\n{x}s = [{12-998}, {12-998}, \"{town}\"]",
              "class {^noun}:\n    {x=noun} = {12-998}\n    {y=noun~x} = \"{town}\"\n\n    def "
              "{verb}_{noun}(self, {z=noun}):\n        return self.{x} + {z}",
              "# {^verb} the {noun}s and {verb} every {noun} over {12-9998}\nimport "
              "{noun}s\n\n{x=noun} = {noun}s.{verb}(\"{town}\")\nprint({x})",
              "{x=noun}s = {{\"{town}\": {12-998}, \"{town}\": {12-998}, \"{noun}\": "
              "{12-998}}}\n\nfor {y=noun} in sorted({x}s):\n    print({y}, {x}s[{y}])",
              "def test_{verb}_{noun}():\n    {x=noun} = {^noun}({noun}={12-998}, "
              "{noun}=\"{first}\")\n    assert {x}.{verb}() == {12-998}"),
    POT_TEXTS("py_more",
              "\n\n\ndef {verb}_{noun}({x=noun}s, {y=noun~x}={2-99}):\n    return [{x} for {x} in "
              "{x}s if {x}.{noun} > {y}]",
              "\n\n\ndef {verb}_{noun}(path):\n    with open(path) as {x=noun}:\n        return "
              "[line.split(\"{|,|;|:}\")[{0-9}] for line in {x}]",
              "\n\n\ndef {verb}_{noun}({x=noun}s):\n    {y=noun~x} = {{}}\n    for {x} in {x}s:\n  "
              "      {y}[{x}] = {y}.get({x}, {0-9}) + {1-9}\n    return {y}",
              "\n\n\nclass {^verb}{^noun}:\n    def __init__(self, {x=noun}, "
              "{y=noun~x}={2-999}):\n        self.{x} = {x}\n        self.{y} = {y}\n\n    def "
              "{verb}(self):\n        return self.{x} * self.{y}",
              "\n\n\ndef {verb}_{noun}({x=noun}, {y=noun~x}):\n    while {x} < {100-999}:\n        "
              "{x} += {2-9} * {y}\n        {y} -= {1-9}\n    return {x}",
              "\n\n\ntry:\n    {x=noun} = {verb}_{noun}({12-998})\nexcept ValueError as error:\n   "
              " print(\"cannot {verb} the {noun}:\", error)\nelse:\n    print({x})",
              "\n\n\n{x=noun}s = sorted({y=noun~x}s, key=lambda {z=noun~y}: "
              "{z}.{noun})\nprint(len({x}s), {x}s[:{2-9}])",
              "\n\n\ndef {verb}_{noun}({x=noun}=\"{town}\"):\n    if not {x}:\n        raise "
              "ValueError(\"no {x}\")\n    return {x}.{|lower|upper|strip}()[{0-3}:{4-29}]",
              "\n\n\nassert {verb}_{noun}({12-998}, {12-998}) == {100-9999}, \"{noun} of {town}\""),

    /* --- C ------------------------------------------------------------------------------------ */
    POT_TEXTS(
        "c_open",
        "/* {^verb} the {noun}: {town}, {1-28} {month} {1981-2024}. */\nint {verb}_{noun}(int "
        "{x=noun}, int {y=noun~x})\n{{\n    return {x} * {12-998} + {y};\n}}",
        "int {verb}_{noun}(struct {noun} *{x=noun}, int {y=noun~x}[{12-998}])\n{{\n    {x}->{noun} "
        "= {y}[{0-11}] + {12-998};\n    return {x}->{noun} > {y}[{0-11}];\n}}",
        "struct {noun}_{noun} {{\n    int {noun}, {noun};\n    char {noun}[{12-998}];\n    double "
        "{noun}, {noun};\n    struct {noun} *next;\n}};",
        "enum {{ {noun}_{noun} = {12-998}, {noun}_{noun} = {1000-9998} }};\n\nstatic long "
        "{verb}_{noun}(long {x=noun})\n{{\n    return {x} / {2-99};\n}}",
        "#include \"{noun}_{noun}.h\"\n\nstatic const int {noun}[] = {{{12-998}, {12-998}, "
        "{12-998}, {12-998}}};\nstatic const char {noun}[] = \"{town}\";",
        "for (int {x=noun} = {102-498}; {x} < {502-998}; {x} += {2-9})\n    "
        "{verb}_{noun}(\"{town}\", {x}, {12-998});\nfputs(\"{town}\", stdout);"),
    POT_TEXTS(
        "c_more",
        "\n\nstatic int {verb}_{noun}(const int *{x=noun}, int n)\n{{\n    int sum = {0-99};\n    "
        "for (int i = 0; i < n; i++)\n        sum += {x}[i] {|*|-|+|%} {2-99};\n    return "
        "sum;\n}}",
        "\n\nvoid {verb}_{noun}(struct {x=noun} *{y=noun~x})\n{{\n    while ({y}->{noun} > "
        "{2-99})\n        {y} = {y}->next;\n    {y}->{noun} = {12-998};\n}}",
        "\n\nbool is_{noun}(char c)\n{{\n    return c == '{|a|k|x|z}' || (c >= '{|0|1}' && c <= "
        "'{|7|9}');\n}}",
        "\n\nchar *{verb}_{noun}(const char *{x=noun}, size_t n)\n{{\n    if (n > {12-998}) return "
        "NULL;\n    char *{y=noun~x} = new_{noun}(n + {1-9});\n    if ({y}) memcpy({y}, {x}, n);\n "
        "   return {y};\n}}",
        "\n\nstruct {noun} {{\n    {|int|long|unsigned} {noun}, {noun};\n    {|float|double} "
        "{noun}[{2-64}];\n}};",
        "\n\nint main(void)\n{{\n    int {x=noun} = {verb}_{noun}({12-998});\n    fprintf(stdout, "
        "\"{noun} %d of %s\\n\", {x}, \"{town}\");\n    return {x} {|!=|<|>} {2-99};\n}}",
        "\n\n/* {^verb} at most {12-998} {noun}s, or {verb} the {noun} and start again. */\nextern "
        "int {verb}_{noun}(void);",
        "\n\nswitch ({x=noun}) {{\ncase {2-19}:\n    {verb}_{noun}({x});\n    break;\ndefault:\n   "
        " {verb}_{noun}({20-99});\n}}"),

    /* --- JavaScript ------------------------------------------------------------------------------
     */
    POT_TEXTS("js_open",
              "export function {verb}_{noun}({x=noun}, {y=noun~x} = {12-998}) {{\n  // {verb} the "
              "{noun} from {town}\n  return {x}.{noun} > {y};\n}}",
              "const {x=noun} = {{ {noun}: {12-998}, {noun}: \"{town}\", {noun}: {12-998}, {noun}: "
              "[{12-98}, {12-98}] }};\nconsole.log({x});",
              "import {{ {verb}_{noun}, {verb}_{noun} }} from \"./{noun}.js\";\n\nconst {x=noun} = "
              "{verb}_{noun}({12-998});\nconst {y=noun} = await {x}.{verb}();",
              "it(\"should {verb} {12-98} {noun}s of {town}\", () => {{\n  "
              "expect({verb}_{noun}({12-998})).toBe({12-998});\n}});",
              "document.getElementById(\"{noun}-{noun}-{12-998}\").textContent = \"{12-998} "
              "{noun}s of {first} {last}\";",
              "let {x=noun} = {12-998}, {y=noun~x} = \"{town}\", {z=noun~y} = [{12-98}, "
              "{12-98}];\n{x} += {z}.length * {12-98};"),
    POT_TEXTS(
        "js_more",
        "\n\nconst {x=noun}s = {y=noun~x}s.filter(({x}) => {x}.{noun} > {2-999}).map(({x}) => "
        "{x}.{noun});",
        "\n\nasync function {verb}{^noun}({x=noun}) {{\n  const {y=noun~x} = await "
        "fetch(\"/{noun}/\" + {x});\n  return {y}.ok ? {y}.json() : {2-99};\n}}",
        "\n\nif (typeof {x=noun} !== \"{|string|number|object}\") {{\n  throw new Error(\"{x} "
        "should be {|a string|a number|an object}\");\n}}",
        "\n\nclass {^noun} extends {^noun} {{\n  {verb}({x=noun}) {{\n    this.{x} = {x} ?? "
        "{2-999};\n    return this;\n  }}\n}}",
        "\n\nfor (const [{x=noun}, {y=noun~x}] of Object.entries({noun}s)) {{\n  console.log({x}, "
        "{y} * {2-99});\n}}",
        "\n\n{noun}.addEventListener(\"{|click|change|input|submit}\", (event) => {{\n  "
        "event.preventDefault();\n  {verb}_{noun}(event.target.value, {2-999});\n}});",
        "\n\nmodule.exports = {{ {verb}_{noun}, {noun}: \"{town}\", limit: {2-999} }};",
        "\n\nsetTimeout(() => {verb}_{noun}(\"{first}\"), {100-9999});",
        "\n\nconst total = {x=noun}s.reduce((sum, {x}) => sum + {x}.{noun} * {2-99}, {0-9});"),

    /* --- SQL
       ---------------------------------------------------------------------------------------- */
    POT_TEXTS("sql_open",
              "SELECT {x=noun}_id, {noun}, {noun} FROM {noun}_{noun}s\nWHERE {noun} > {12-998} AND "
              "{noun} = '{town}' LIMIT {12-98};",
              "INSERT INTO {noun}_{noun}s ({noun}, {noun}, {noun})\nVALUES ({12-998}, '{first} "
              "{last}', {12-998}), ({12-998}, '{first} {last}', {12-998});",
              "CREATE INDEX {noun}_{noun}_{1000-9998} ON {noun}_{noun}s ({noun}, {noun})\nWHERE "
              "{noun} > {12-998};",
              "UPDATE {noun}_{noun}s SET {noun} = {12-998}, {noun} = '{town}'\nWHERE {noun}_id = "
              "{1000-9999} OR {noun} < {12-98};",
              "-- {^verb} the {noun} of {first} {last}, {town}, every {12-98} days\nDELETE FROM "
              "{noun}s WHERE {noun} = {12-998};",
              "WITH {x=noun} AS (SELECT {y=noun}, {noun} FROM {noun}s WHERE {noun} > "
              "{100000-999998})\nSELECT avg({y}), max({noun}) FROM {x} WHERE {noun} < {12-998};"),
    POT_TEXTS("sql_more",
              "\n\nSELECT {x=noun}, count(*) AS {y=noun~x}s, max({noun})\nFROM {noun}s GROUP BY "
              "{x} HAVING count(*) > {2-99} ORDER BY {y}s DESC;",
              "\n\nUPDATE {noun}s SET {x=noun} = {x} {|+|-|*} {2-99} WHERE {noun} IN ({2-99}, "
              "{100-199}, {200-299});",
              "\n\nCREATE TABLE {noun}_{noun}s (\n  {noun}_id integer PRIMARY KEY,\n  {noun} "
              "varchar({12-98}),\n  {noun} numeric({12-38}, 2),\n  {noun} date\n);",
              "\n\nCREATE INDEX {x=noun}_{y=noun}_idx ON {x}s ({y}, {noun});",
              "\n\nINSERT INTO {noun}s ({noun}, {noun}) VALUES ('{first}', {12-998}), ('{first}', "
              "{12-998});",
              "\n\nSELECT a.{x=noun}, b.{noun} FROM {noun}s a JOIN {noun}s b ON a.{y=noun}_id = "
              "b.id\nWHERE a.{x} BETWEEN {12-98} AND {102-998};",
              "\n\nALTER TABLE {noun}s ADD COLUMN {noun} {|integer|text|date|boolean} {|NOT "
              "NULL|DEFAULT NULL|UNIQUE};",
              "\n\nDELETE FROM {x=noun}s WHERE {noun} < '{1990-2024}-0{1-9}-{10-28}' AND {noun} IS "
              "{|NULL|NOT NULL};",
              "\n\n-- {noun}s of {town} that nobody could {verb}\nSELECT DISTINCT {noun} FROM "
              "{noun}s WHERE {noun} LIKE '{|a|b|m|s|t}%';"),

    /* --- shell
       ----------------------------------------------------------------------------------------- */
    POT_TEXTS("sh_open",
              "for {x=noun} in {noun}/{noun}-{12-998}*.{ext}; do\n    {verb}_{noun} \"${x}\" >> "
              "{town}.{ext}\ndone\necho \"{^noun} {12-998}\"",
              "{x=noun}=/{|srv|var|opt|mnt}/{noun}/{noun}-{12-998}.{ext}\n{y=noun~x}={12-998}\nif "
              "[ -f \"${x}\" ]; then\n    {verb}_{noun} \"${x}\" \"${y}\"\nfi",
              "{verb}_{noun}() {{\n    {x=noun}=$1\n    echo \"{^verb} {12-998} {noun}s for "
              "{first} {last}\"\n    [ \"${x}\" -gt {12-98} ]\n}}",
              "# {^verb} the {noun}s of {first} {last} in {town} at {0-23}:{0-59:2}, {12-998} at a "
              "time.\nset -eu\ncd /{|srv|var|opt|mnt}/{noun}",
              "grep -c '{town}' {noun}_{noun}.{ext} {noun}_{noun}.{ext} | sort -t: -k2 -n | tail "
              "-n {12-98} > {noun}.{ext}",
              "$ ls -l {noun}/{noun}\n-rw-r--r-- 1 {first} {noun} {1000-99999} "
              "{1990-2024}-0{1-9}-{10-28} {noun}.{ext}\n-rw-r--r-- 1 {first} {noun} {1000-99999} "
              "{1990-2024}-0{1-9}-{10-28} {noun}.{ext}"),
    POT_TEXTS("sh_more",
              "\n\nfind {noun} -name '*.{ext}' -size +{2-99}k | while read -r {x=noun}; do\n    "
              "{verb}_{noun} \"${x}\"\ndone",
              "\n\nif ! {verb}_{noun} --{noun}={2-999}; then\n    echo \"cannot {verb} the "
              "{noun}\" >&2\n    exit {2-9}\nfi",
              "\n\n{x=noun}=$(cut -d{|,|:|;} -f{2-9} {noun}.{ext} | sort | uniq -c | head -n "
              "{2-99})\necho \"${x}\"",
              "\n\ntar -czf {noun}-{1990-2024}.tar.gz --exclude='*.{ext}' {noun}/ {noun}/",
              "\n\ncase $1 in\n{noun}) {verb}_{noun} {2-99} ;;\n{verb}-*) shift ;;\n*) echo "
              "\"usage: {verb} {noun}\" ;;\nesac",
              "\n\nawk '$3 > {2-999} {{ print $1, $2 * {2-99} }}' {noun}.{ext} > {noun}.{ext}",
              "\n\nwhile [ \"${x=noun}\" -lt {100-999} ]; do\n    {x}=$(({x} + {2-99}))\n    sleep "
              "{2-9}\ndone",
              "\n\nsed -i 's/{noun}/{noun}/g; {2-99}d' {noun}/*.{ext}",
              "\n\nmkdir -p /tmp/{noun} && cp {noun}*.{ext} /tmp/{noun} # {verb} it later"),

    /* --- Rust
       -------------------------------------------------------------------------------------------
     */
    POT_TEXTS("rs_open",
              "fn {verb}_{noun}({x=noun}: u32, {y=noun~x}: &str) -> u32 {{\n    // {verb} {12-998} "
              "{noun}s from {town}\n    {x} * {12-998} + {y}.len() as u32\n}}",
              "pub struct {^noun} {{\n    {noun}: [u8; {12-998}],\n    {noun}: [f64; {12-998}],\n  "
              "  {noun}: String,\n    {noun}: Option<{^noun}>,\n    {noun}: bool,\n}}",
              "use {noun}::{noun}::{{{verb}_{noun}, {verb}_{noun}}};\n\nconst {x=noun}_{noun}: "
              "usize = {1000-99999};\n\nstatic {x}: &str = \"{town}\";",
              "let {x=noun} = vec![{12-998}, {12-998}, {12-998}];\nlet {y=noun~x} = "
              "{x}.iter().map(|{z=noun~x}| {z} * {12-998}).sum::<i64>();\nprintln!(\"{town} "
              "{{}}\", {y});",
              "match {noun}.{verb}({12-998}, \"{town}\") {{\n    Ok({x=noun}) => "
              "{verb}_{noun}({x}, {12-998}),\n    Err(e) => panic!(\"{noun}: {{e}}\"),\n}}"),
    POT_TEXTS("rs_more",
              "\n\npub fn {verb}_{noun}({x=noun}: &[i64]) -> Option<i64> {{\n    let {y=noun~x} = "
              "{x}.iter().max()?;\n    Some(*{y} {|+|-|*} {2-999})\n}}",
              "\n\nimpl {^noun} {{\n    pub fn {verb}(&mut self, {x=noun}: usize) -> bool {{\n     "
              "   self.{noun} += {x};\n        self.{noun} > {2-999}\n    }}\n}}",
              "\n\n#[derive(Debug, Clone)]\nenum {^noun} {{\n    {^noun},\n    "
              "{^verb}(u{|8|16|32|64}),\n    {^noun} {{ {noun}: f64 }},\n}}",
              "\n\n#[test]\nfn can_{verb}_{noun}() {{\n    assert_eq!({verb}_{noun}({2-999}), "
              "Some({2-999}));\n}}",
              "\n\nfor ({x=noun}, {y=noun~x}) in {noun}s.iter().enumerate().skip({2-19}) {{\n    "
              "println!(\"{{}}: {{}}\", {x}, {y});\n}}",
              "\n\nwhile let Some({x=noun}) = {noun}s.pop() {{\n    if {x}.{noun} < {2-999} {{\n   "
              "     break;\n    }}\n    {verb}_{noun}(&{x});\n}}",
              "\n\nlet {x=noun} = if {y=noun~x} > {2-999} {{ {y} }} else {{ {2-999} }};"),

    /* --- JSON: the list that the genre closes
       ----------------------------------------------------------- */
    POT_TEXTS("json_open",
              "[\n  {{\"{noun}\": {12-998}, \"{noun}\": \"{town}\", \"{noun}_id\": "
              "\"{0-99999999:8}\", \"{noun}\": [{12-98}, {12-98}], \"{noun}\": null}}",
              "[\n  {{\"{noun}\": {{\"{noun}\": {12-998}, \"{noun}\": \"{first} {last}\"}}, "
              "\"{noun}\": {12-99}.{0-99:2}, \"{noun}\": false}}",
              "[\n  {{\n    \"{noun}\": \"{first} {last}\",\n    \"{noun}\": {1000-9999},\n    "
              "\"{noun}\": \"{town}\",\n    \"{noun}\": true\n  }}",
              "[\n  {{\"id\": {1000-99999}, \"name\": \"{first} {last}\", \"age\": {12-98}, "
              "\"city\": \"{town}\", \"job\": \"{job}\", \"{noun}\": {12-998}}}"),
    POT_TEXTS(
        "json_more",
        ",\n  {{\"{noun}\": {12-998}, \"{noun}\": \"{town}\", \"{noun}\": {|true|false|null}}}",
        ",\n  {{\"{noun}\": [{12-98}, {12-98}, {12-98}], \"{noun}\": {{\"{noun}\": \"{first}\", "
        "\"{noun}\": {0-9}.{0-999:3}}}}}",
        ",\n  {{\"name\": \"{first} {last}\", \"age\": {12-98}, \"{noun}s\": [\"{thing}\", "
        "\"{thing}\"]}}",
        ",\n  {{\"date\": \"{1990-2024}-0{1-9}-{10-28}\", \"{noun}\": {1000-99999}, \"note\": "
        "\"{verb} the {noun} before {weekday}\"}}",
        ",\n  {{\"{noun}\": {{\"{noun}\": {{\"{noun}\": {12-998}}}}}, \"{noun}\": \"\"}}",
        ",\n  {{\"url\": \"https://{town}.example/{noun}/{12-998}\", \"{noun}\": -{12-998}}}",
        ",\n  {{\n    \"{noun}\": \"{colour} {thing}\",\n    \"{noun}\": {12-998}\n  }}"),

    /* --- configuration
       ------------------------------------------------------------------------------------ */
    POT_TEXTS("yaml_open",
              "{noun}:\n  {noun}: {12-998}\n  {noun}: {town}\n  {noun}_{noun}: {0-9}.{0-99:2}\n  "
              "{noun}:\n    - {noun}\n    - {noun}",
              "# {noun}.{|yaml|yml|conf} - {verb} {noun}s for {first} {last}\n{noun}: "
              "{1000-9998}\n{noun}: {town}\n{noun}: [{12-98}, {12-98}, {12-98}]",
              "version: {2-9}.{12-98}\n{noun}s:\n  {noun}:\n    {noun}: {noun}/{noun}:{12-998}\n   "
              " {noun}: \"{1000-9998}:{1000-9998}\"\n    {noun}: {town}"),
    POT_TEXTS("yaml_more",
              "\n\n# {verb} the {noun} every {2-99} {|seconds|minutes|hours}\n{noun}: "
              "{12-998}\n{noun}: {|true|false}",
              "\n\n{noun}_{noun}: {12-998}\n{noun}: \"{first} {last}\"",
              "\n\n{noun}: {{{noun}: {2-99}, {noun}: {town}, {noun}: {|low|high|none}}}",
              "\n\n{noun}: /{|var|srv|opt}/{noun}/{noun}-{2-99}.{ext}",
              "\n\n# only if {noun} is {|on|off|larger than {12-998}}\n{verb}_{noun}: "
              "{|always|never|daily|weekly}",
              "\n\n{noun}: {0-23:2}:{0-59:2}",
              "\n\n{noun}: https://{noun}.{town}.example:{1000-9998}/{noun}"),

    POT_TEXTS("toml_open",
              "[{noun}]\n{noun} = {12-998}\n{noun} = \"{town}\"\n{noun}_{noun} = "
              "{|true|false}\n\n[{noun}.{noun}]\n{noun} = {12-998}\n{noun} = {12-998}",
              "# {first} {last}, {1-28} {month} {1995-2024}: {verb} the {noun}\n{noun} = "
              "\"{noun}\"\n{noun} = {1000-9998}\n\n[{noun}]\n{noun} = {12-998}",
              "{noun}_{noun} = [{12-998}, {12-998}, {12-998}]\n{noun} = \"{town}\"\n{noun} = "
              "{|true|false}\n\n[[{noun}]]\n{noun} = {12-998}"),
    POT_TEXTS(
        "toml_more", "\n\n[{noun}.{noun}]\n{noun} = {12-998}\n{noun} = \"{town}\"",
        "\n\n[[{noun}]]\n{noun} = {|true|false} # {verb} it on {weekday}s\n{noun} = {2-9}.{0-99:2}",
        "\n{noun}_{noun} = {1000-99999}", "\n{noun} = [\"{colour}\", \"{colour}\", \"{colour}\"]",
        "\n{noun} = {1990-2024}-0{1-9}-{10-28}",
        "\n{noun} = {{ {noun} = {2-99}, {noun} = \"{thing}\" }}",
        "\n# {^verb} no more than {2-99} {noun}s, or {verb} the {noun}.",
        "\n\n[{noun}]\npath = \"/{|var|srv|opt}/{noun}/{noun}.{ext}\"\n{noun} = {12-998}"),

    /* --- Go
       --------------------------------------------------------------------------------------------------
     */
    POT_TEXTS("go_open",
              "func {verb}_{noun}({x=noun} int, {y=noun~x} string) int {{\n\t// {verb} {12-998} "
              "{noun}s in {town}\n\treturn {x} * {12-998} + len({y})\n}}",
              "type {^noun} struct {{\n\t{noun} [{12-998}]byte\n\t{noun} [{12-998}]int\n\t{noun} "
              "string\n\t{noun} map[string]{noun}\n\t{noun}, {noun} float64\n}}",
              "{x=noun}, err := {noun}.{verb}_{noun}(\"{town}\", {12-998})\nif err != nil "
              "{{\n\tlog.Fatalf(\"{verb} {noun}: %v\", err)\n}}\nfmt.Println({x})",
              "package {noun}\n\nimport \"example.org/{noun}/{noun}\"\n\nconst {noun}_{noun} = "
              "{1000-99999}\n\nvar {noun} = []int{{{12-998}, {12-998}}}"),
    POT_TEXTS("go_more",
              "\n\nfunc ({x=noun} *{^noun}) {^verb}() error {{\n\tif {x}.{noun} > {2-999} "
              "{{\n\t\treturn errors.New(\"too many {noun}s\")\n\t}}\n\treturn nil\n}}",
              "\n\nfor {x=noun}, {y=noun~x} := range {noun}s {{\n\tfmt.Printf(\"%d %s\\n\", "
              "{x}+{2-99}, {y})\n}}",
              "\n\nvar {x=noun} = map[string]int{{\"{town}\": {12-998}, \"{town}\": {12-998}}}",
              "\n\nfunc {^verb}{^noun}({x=noun} []byte) (int, error) {{\n\tdefer "
              "{verb}_{noun}()\n\treturn len({x}) {|+|-|*} {2-99}, nil\n}}",
              "\n\ngo func() {{\n\t{noun}s <- {verb}_{noun}({2-999})\n}}()",
              "\n\nselect {{\ncase {x=noun} := <-{noun}s:\n\t{verb}_{noun}({x})\ncase "
              "<-time.After({2-99} * time.Second):\n\treturn\n}}",
              "\n\n// {^v=verb}{^w=noun} can {verb} the {noun} of the {noun}, or {2-99} if there "
              "is none.\ntype {^v}{^w} interface {{\n\t{^verb}({noun} string) int\n}}"),

    POT_WORDS("ext", 1, "txt", "csv", "log", "json", "md", "dat", "tsv", "xml", "ini", "conf",
              "bak", "html"),
    /* parts of identifiers; no verb begins another, for they are joined to capitals too */
    POT_WORDS(
        "noun", 1, "account", "action", "agent", "alarm", "album", "alert", "amount", "anchor",
        "angle", "answer", "archive", "arena", "array", "article", "asset", "atom", "author",
        "avatar", "badge", "balance", "band", "bank", "banner", "barrier", "base", "basket",
        "beacon", "bean", "bill", "binding", "bit", "blob", "block", "board", "body", "bond",
        "book", "border", "bottle", "bound", "brand", "bridge", "broker", "browser", "bucket",
        "budget", "buffer", "build", "bundle", "button", "cable", "cache", "calendar", "camera",
        "campaign", "card", "cargo", "carrier", "cart", "cell", "center", "chain", "chamber",
        "channel", "chapter", "charge", "chart", "chunk", "circle", "circuit", "claim", "client",
        "clip", "clock", "clone", "cloud", "cluster", "code", "coin", "comment", "concept",
        "config", "contact", "context", "contract", "cookie", "corner", "count", "counter",
        "coupon", "course", "cover", "crate", "credit", "crop", "cursor", "curve", "cycle",
        "daemon", "date", "dealer", "debt", "deck", "degree", "delay", "delta", "depth", "design",
        "desktop", "detail", "device", "diagram", "dialog", "digest", "digit", "display", "domain",
        "door", "draft", "driver", "duration", "edge", "edit", "editor", "effect", "element",
        "email", "engine", "entrance", "envelope", "episode", "error", "event", "exam", "expense",
        "extent", "factor", "feature", "feed", "field", "figure", "file", "filter", "finger",
        "flag", "flight", "floor", "flow", "folder", "font", "footer", "form", "format", "forum",
        "fragment", "frame", "friend", "gadget", "game", "gap", "gate", "gauge", "gear", "gift",
        "goal", "grade", "graph", "grid", "guard", "guest", "guide", "handle", "handler", "header",
        "heap", "height", "hint", "hook", "host", "hotel", "hour", "icon", "image", "income",
        "input", "insert", "instance", "interval", "invoice", "issue", "item", "job", "journal",
        "junction", "kernel", "keyword", "label", "ladder", "lamp", "lane", "language", "layer",
        "layout", "leader", "ledger", "legend", "lesson", "letter", "level", "license", "light",
        "limit", "line", "link", "listener", "loan", "locale", "lock", "logger", "lot", "machine",
        "magnet", "mail", "manager", "margin", "mark", "marker", "market", "mask", "matcher",
        "measure", "medium", "member", "memo", "menu", "merchant", "message", "meter", "method",
        "metric", "minute", "mirror", "mode", "model", "module", "moment", "month", "motor",
        "mount", "movie", "name", "network", "node", "note", "notice", "number", "object", "offer",
        "offset", "option", "orbit", "organ", "origin", "outcome", "output", "owner", "packet",
        "page", "pair", "palette", "panel", "parent", "parser", "part", "partner", "passage",
        "path", "patient", "pattern", "payload", "payment", "peer", "person", "phase", "phone",
        "photo", "phrase", "piece", "pin", "pipe", "pixel", "place", "plan", "planet", "plate",
        "platform", "player", "plugin", "point", "pointer", "pool", "port", "portal", "position",
        "post", "price", "printer", "prize", "product", "profile", "program", "project", "prompt",
        "proof", "pulse", "purchase", "puzzle", "question", "queue", "quota", "quote", "rack",
        "radar", "radio", "rail", "range", "rank", "rate", "ratio", "reader", "reason", "receipt",
        "recipe", "record", "region", "register", "relay", "release", "reminder", "render",
        "rental", "repeat", "report", "request", "reserve", "resource", "result", "review",
        "reward", "ring", "river", "road", "robot", "role", "room", "root", "rotor", "round",
        "route", "router", "rule", "runner", "sample", "scale", "scanner", "scene", "schedule",
        "schema", "scope", "score", "screen", "script", "season", "seat", "section", "sector",
        "segment", "sender", "sensor", "sequence", "server", "service", "session", "setting",
        "setup", "shader", "shape", "share", "sheet", "shift", "shop", "signal", "site", "size",
        "skill", "skin", "slice", "slide", "slot", "snapshot", "socket", "sort", "sound", "source",
        "span", "spec", "spline", "spot", "stack", "stage", "stamp", "state", "station", "step",
        "stock", "stop", "store", "stream", "street", "style", "subject", "sum", "surface",
        "symbol", "system", "tag", "target", "task", "team", "template", "tenant", "term",
        "terminal", "test", "text", "theme", "thread", "ticket", "tile", "timer", "title", "token",
        "tool", "topic", "torrent", "total", "track", "trade", "trail", "train", "transfer", "tree",
        "trend", "trigger", "trip", "truck", "trunk", "tube", "tunnel", "turn", "unit", "update",
        "upload", "value", "vector", "vehicle", "vendor", "venue", "version", "video", "view",
        "visit", "visitor", "volume", "vote", "voucher", "wallet", "warning", "wave", "week",
        "weight", "wheel", "window", "wire", "word", "worker", "world", "writer", "year", "zone"),
    POT_WORDS(
        "verb", 1, "accept", "apply", "archive", "assign", "attach", "balance", "bind", "block",
        "boost", "build", "bundle", "cancel", "capture", "check", "chop", "claim", "clean", "clear",
        "clone", "close", "collect", "combine", "compare", "compute", "copy", "count", "create",
        "crop", "debug", "decode", "define", "delete", "derive", "detect", "digest", "divide",
        "draft", "draw", "drop", "dump", "emit", "enable", "encode", "enforce", "enqueue", "enter",
        "erase", "evict", "expand", "expire", "explain", "extract", "fetch", "fill", "filter",
        "find", "fix", "flag", "flatten", "flip", "flush", "fold", "follow", "freeze", "fuse",
        "gather", "grant", "guess", "handle", "hash", "hide", "hold", "index", "infer", "ingest",
        "inject", "inspect", "invert", "invoke", "join", "keep", "label", "launch", "limit", "link",
        "load", "lock", "lower", "mark", "measure", "merge", "mirror", "mount", "mute", "negate",
        "notify", "offset", "open", "pack", "paint", "parse", "patch", "pause", "perform", "pick",
        "place", "plan", "play", "plot", "poll", "post", "predict", "prepare", "print", "probe",
        "process", "promote", "prune", "publish", "pull", "purge", "push", "query", "queue",
        "quote", "raise", "rank", "rate", "read", "rebuild", "record", "reduce", "refresh",
        "reject", "release", "reload", "remove", "rename", "render", "repair", "repeat", "replace",
        "reply", "report", "request", "require", "reset", "resize", "resolve", "restore", "resume",
        "retry", "reverse", "review", "revoke", "rotate", "round", "route", "run", "sample", "save",
        "scale", "scan", "schedule", "score", "seal", "search", "seek", "select", "send", "serve",
        "share", "shift", "show", "shrink", "shuffle", "sign", "skip", "slice", "solve", "sort",
        "split", "stack", "stage", "start", "stop", "store", "stream", "strip", "submit", "swap",
        "sync", "take", "tag", "toggle", "touch", "trace", "track", "train", "transfer", "trim",
        "tune", "unlock", "unpack", "unzip", "update", "upload", "validate", "verify", "visit",
        "wait", "walk", "warn", "watch", "weigh", "wrap", "write", "zip"),
    {NULL, 0, 0, NULL},
};
