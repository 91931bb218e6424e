package dev.millrace.plan.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@NullUnmarked // what is null here fails the test
class SqlQueryTest {
    static Stream<Arguments> queries() {
        return Stream.of(
                Arguments.of("select a from t where id = $1", "[1]"),
                Arguments.of("SELECT\n a FROM t WHERE k = $2 AND id = $1", "[1, 2]"),
                Arguments.of("with t as (select 1) select * from t where $1 > ''", "[1]"),
                Arguments.of("(select 1 where $1 = '') union (select 2)", "[1]"),
                Arguments.of("-- by id;\nselect $1", "[1]"),
                Arguments.of("select $1 -- $2; it's", "[1]"),
                Arguments.of("select /* $3; /* nested */ ' */ $1", "[1]"),
                Arguments.of("select '$2; ''$3''', $1", "[1]"),
                Arguments.of("select E'it\\'s $2;', $1", "[1]"),
                Arguments.of("select ename'x\\', $1", "[1]"),
                Arguments.of("select \"a;$2\" from t where $1 > 0", "[1]"),
                Arguments.of("select $$ $2; ' $$, $tag$ $$ $3 $tag$, $1", "[1]"),
                Arguments.of("select a$2 from t where x=$1", "[1]"),
                Arguments.of("select $12345678901, $1", "[1, 2147483647]"));
    }

    @ParameterizedTest
    @MethodSource
    void queries(String text, String parameters) {
        SqlQuery query = SqlQuery.of(text);
        assertThat(query.problem()).as(text).isNull();
        assertThat(query.parameters()).as(text).hasToString(parameters);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("select 1; select $1", "one statement"),
                Arguments.of("select $1;", "one statement"),
                Arguments.of("update t set a = 1 where id = $1 returning a", "SELECT"),
                Arguments.of("selection $1", "SELECT"),
                Arguments.of("-- select", "SELECT"),
                Arguments.of("select 'abc", "string without an end"),
                Arguments.of("select \"abc", "quoted name without an end"),
                Arguments.of("select /* a */ /* b", "comment without an end"),
                Arguments.of("select $$ abc $x$", "dollar-quoted"),
                Arguments.of("select 1) as x, (select $1", "closes nothing"),
                Arguments.of("select (1, $1", "nothing closes"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(String text, String why) {
        assertThat(SqlQuery.of(text).problem()).as(text).contains(why);
    }
}
