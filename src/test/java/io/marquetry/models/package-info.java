@org.jspecify.annotations.NullMarked
package io.marquetry.models;
