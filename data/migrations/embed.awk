# Makes the C table of migrations (data/migrations.h) from the numbered SQL files given. A statement
# ends with a semicolon at the end of a line.
BEGIN { print "#include \"data/migrations.h\"\n\nconst struct migration migrations[] = {" }
FNR == 1 {
	if (NR > 1)
		print "\t\tNULL } },"
	file = FILENAME
	sub(/.*\//, "", file)
	printf "\t{ .number = %d, .name = \"%s\", .statements = (const char *const []){\n", file + 0, file
}
/^[ \t]*--/ || /^[ \t]*$/ { next }
{
	last = /;[ \t]*$/
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	gsub(/\t/, "\\t")
	printf "\t\t\"%s\\n\"%s\n", $0, last ? "," : ""
}
END {
	print "\t\tNULL } },"
	print "};\n\nconst size_t migration_count = sizeof migrations / sizeof *migrations;"
}
